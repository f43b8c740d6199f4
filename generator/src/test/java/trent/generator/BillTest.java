package trent.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is packed under which licence, and that nothing is packed without one. */
class BillTest {

    @TempDir private Path folder;

    private Path list;
    private Path stage;
    private Path version;

    @BeforeEach
    void oneDependency() throws IOException {
        version = Files.createDirectories(folder.resolve("repository/org/example/thing/1.0"));
        stage = folder.resolve("stage");
        Files.createDirectories(stage.resolve("app/lib"));
        list = folder.resolve("dependencies.txt");
        Files.writeString(
                list,
                """

                The following files have been resolved:
                   org.example:thing:jar:1.0:runtime:%s/thing-1.0.jar -- module thing (auto)
                """
                        .formatted(version));
        Files.writeString(folder.resolve("LICENSE"), "the text of the Apache License");
        jar("trent-server-1.2.3.jar", List.of("trent/Trent.class"));
    }

    @Test
    void aJarWithoutATextGetsThatOfItsLicence() throws IOException {
        jar("Thing.class");
        pom("<licenses><license><name>Apache 2.0</name></license></licenses>");
        write();
        assertThat(stage.resolve("licenses/thing/LICENSE"))
                .hasContent("the text of the Apache License");
        assertThat(stage.resolve("sbom.cdx.json"))
                .content()
                .contains(
                        "\"purl\" : \"pkg:maven/org.example/thing@1.0\"",
                        "\"id\" : \"Apache-2.0\"");
        assertThat(stage.resolve("THIRD-PARTY.txt"))
                .content()
                .contains("thing 1.0\n    Apache-2.0");
    }

    @Test
    void itsOwnTextsAreKeptAndAParentMayNameTheLicence() throws IOException {
        jar("META-INF/LICENSE.txt", "META-INF/NOTICE");
        pom(
                "<parent><groupId>org.example</groupId><artifactId>all</artifactId><version>2</version></parent>");
        Path parent = Files.createDirectories(folder.resolve("repository/org/example/all/2"));
        Files.writeString(
                parent.resolve("all-2.pom"),
                "<project><licenses><license><name>Licence of the Example</name></license></licenses></project>");
        write();
        assertThat(stage.resolve("licenses/thing"))
                .isDirectoryContaining("glob:**/LICENSE.txt")
                .isDirectoryContaining("glob:**/NOTICE");
        assertThat(stage.resolve("sbom.cdx.json"))
                .content()
                .contains("{ \"license\" : { \"name\" : \"Licence of the Example\" } }");
    }

    @Test
    void nothingIsPackedWithoutALicence() throws IOException {
        jar("META-INF/LICENSE");
        pom("");
        assertThatThrownBy(this::write)
                .isInstanceOf(IOException.class)
                .hasMessage("no licence is named by org.example:thing");
    }

    @Test
    void norWithoutItsText() throws IOException {
        jar("META-INF/NOTICE");
        pom("<licenses><license><name>Licence of the Example</name></license></licenses>");
        assertThatThrownBy(this::write)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("thing brings no licence text");
    }

    private void write() throws IOException {
        Bill.main(new String[] {list.toString(), folder.toString(), stage.toString(), "1.2.3"});
    }

    private void jar(String... entries) throws IOException {
        jar("thing-1.0.jar", List.of(entries));
    }

    private void jar(String name, List<String> entries) throws IOException {
        try (ZipOutputStream zip =
                new ZipOutputStream(
                        Files.newOutputStream(stage.resolve("app/lib").resolve(name)))) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(1);
            }
        }
    }

    private void pom(String says) throws IOException {
        Files.writeString(version.resolve("thing-1.0.pom"), "<project>" + says + "</project>");
    }
}
