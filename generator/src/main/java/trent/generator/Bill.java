package trent.generator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * What a package holds, and under which licences: a bill of materials and the notices.
 *
 * <p>Every jar must name its licence, in its POM, and bring the licence's text or be under one
 * whose text is in the source tree: else there is no package. Source: CycloneDX 1.6.
 */
public final class Bill {

    /** As {@code dependency:list} writes it: group, artifact, classifier, version, file. */
    private static final Pattern LISTED =
            Pattern.compile(
                    "\\s*([^:\\s]+):([^:]+):jar:(?:([^:]+):)?([^:]+):(?:compile|runtime):(/.*?\\.jar)(?: .*)?");

    private static final Pattern NOTICE =
            Pattern.compile(
                    "(?:.*/)?(?:[\\w.-]+-)?(?:LICEN[SC]E|NOTICE|COPYING)(?:[.-][\\w.]+)?",
                    Pattern.CASE_INSENSITIVE);

    private static final String OURS = "trent";
    private static final String APACHE = "Apache-2.0";

    /** Names that POMs give to licences of SPDX's list. */
    private static final Map<String, String> SPDX =
            Map.of(
                    "The Apache License, Version 2.0", APACHE,
                    "The Apache Software License, Version 2.0", APACHE,
                    "Apache License, Version 2.0", APACHE,
                    "Apache 2.0", APACHE,
                    "The MIT License", "MIT",
                    "MIT License", "MIT");

    private static final Pattern SPDX_ID = Pattern.compile("[A-Za-z0-9.+-]+");

    /** Texts of the source tree, for jars that bring none. */
    private static final Map<String, String> TEXTS =
            Map.of(APACHE, "LICENSE", "EPL-2.0", "packaging/licenses/EPL-2.0.md");

    private final Path root;
    private final Path stage;

    private Bill(Path root, Path stage) {
        this.root = root;
        this.stage = stage;
    }

    /**
     * One thing that is packed.
     *
     * @param sha256 null if it is no file by itself
     * @param licences SPDX's ids, or names where there is none; an expression if it has a space
     */
    record Component(
            String type,
            String group,
            String name,
            String version,
            String purl,
            @Nullable String sha256,
            List<String> licences) {}

    /**
     * Writes {@code sbom.cdx.json}, {@code THIRD-PARTY.txt} and the folder {@code licenses}.
     *
     * @param arguments the list of dependencies, the source tree, the folder of the package, the
     *     version
     * @throws IOException if a file cannot be read or written, or a licence is not known
     */
    public static void main(String[] arguments) throws IOException {
        Path list = Path.of(arguments[0]);
        new Bill(Path.of(arguments[1]), Path.of(arguments[2])).write(list, arguments[3]);
    }

    private void write(Path list, String version) throws IOException {
        List<Component> components = new ArrayList<>();
        for (String line : Files.readAllLines(list, UTF_8)) {
            Matcher listed = LISTED.matcher(line);
            if (listed.matches()) {
                components.add(library(listed));
            }
        }
        if (components.isEmpty()) {
            throw new IOException("no dependencies are listed in " + list);
        }
        components.add(server(version));
        components.addAll(inside(components));
        components.add(java());
        components.sort(Comparator.comparing(Component::purl));
        Files.writeString(stage.resolve("sbom.cdx.json"), json(components, version), UTF_8);
        Files.writeString(stage.resolve("THIRD-PARTY.txt"), table(components), UTF_8);
    }

    // ---- what there is

    private Component library(Matcher listed) throws IOException {
        String group = listed.group(1);
        String name = listed.group(2);
        String classifier = listed.group(3);
        String version = listed.group(4);
        Path source = Path.of(listed.group(5));
        Path jar =
                stage.resolve("app/lib")
                        .resolve(
                                name
                                        + "-"
                                        + version
                                        + (classifier == null ? "" : "-" + classifier)
                                        + ".jar");
        if (!Files.exists(jar)) {
            throw new IOException(jar.getFileName() + " is listed, and not packed");
        }
        List<String> licences =
                group.equals(OURS)
                        ? List.of(APACHE)
                        : licences(repository(source, group, name), group, name, version);
        notices(jar, name, licences);
        return new Component(
                "library",
                group,
                name,
                version,
                "pkg:maven/%s/%s@%s%s"
                        .formatted(
                                group,
                                name,
                                version,
                                classifier == null ? "" : "?classifier=" + classifier),
                sha256(jar),
                licences);
    }

    /** Which is no dependency of anybody's. */
    private Component server(String version) throws IOException {
        String name = "trent-server";
        Path jar = stage.resolve("app/lib").resolve(name + "-" + version + ".jar");
        notices(jar, name, List.of(APACHE));
        return new Component(
                "library",
                OURS,
                name,
                version,
                "pkg:maven/%s/%s@%s".formatted(OURS, name, version),
                sha256(jar),
                List.of(APACHE));
    }

    /** Of a file GROUP/NAME/VERSION/FILE in it. */
    private static Path repository(Path jar, String group, String name) throws IOException {
        Path folder = jar.getParent();
        int depth = group.split("\\.", -1).length + 2;
        for (int i = 0; i < depth && folder != null; i++) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IOException("%s:%s is in no repository: %s".formatted(group, name, jar));
        }
        return folder;
    }

    private static List<String> licences(Path repository, String group, String name, String version)
            throws IOException {
        String g = group;
        String n = name;
        String v = version;
        while (true) {
            Path pom =
                    repository
                            .resolve(g.replace('.', '/'))
                            .resolve(n)
                            .resolve(v)
                            .resolve(n + "-" + v + ".pom");
            Element project = xml(pom);
            List<String> found = new ArrayList<>();
            for (Element licences : children(project, "licenses")) {
                for (Element licence : children(licences, "license")) {
                    found.add(text(licence, "name"));
                }
            }
            if (!found.isEmpty()) {
                found.replaceAll(each -> SPDX.getOrDefault(each, each));
                return found;
            }
            List<Element> parent = children(project, "parent");
            if (parent.isEmpty()) {
                throw new IOException("no licence is named by %s:%s".formatted(group, name));
            }
            g = text(parent.getFirst(), "groupId");
            n = text(parent.getFirst(), "artifactId");
            v = text(parent.getFirst(), "version");
        }
    }

    /** What is inside of a jar, and a thing of its own. */
    private List<Component> inside(List<Component> libraries) throws IOException {
        List<Component> inside = new ArrayList<>();
        for (Component each : libraries) {
            if (each.name().equals("sqlite-jdbc")) {
                String version = each.version().replaceFirst("\\.\\d+$", "");
                inside.add(
                        new Component(
                                "library",
                                "",
                                "SQLite",
                                version,
                                "pkg:generic/sqlite@" + version,
                                null,
                                List.of("blessing")));
            } else if (each.name().equals("AmazonCorrettoCryptoProvider")) {
                inside.add(awsLc(each));
                Files.copy(
                        root.resolve("packaging/licenses/AWS-LC.txt"),
                        stage.resolve("licenses").resolve(each.name()).resolve("AWS-LC.txt"));
            }
        }
        return inside;
    }

    private Component awsLc(Component provider) throws IOException {
        String platform = provider.purl().replaceFirst(".*classifier=", "-");
        Path jar =
                stage.resolve("app/lib")
                        .resolve(provider.name() + "-" + provider.version() + platform + ".jar");
        Properties versions = new Properties();
        try (ZipFile zip = new ZipFile(jar.toFile());
                InputStream in =
                        zip.getInputStream(
                                zip.getEntry(
                                        "com/amazon/corretto/crypto/provider/version.properties"))) {
            versions.load(in);
        }
        String version = versions.getProperty("awsLcVersionStr", "").replaceFirst("^\\D*", "");
        return new Component(
                "library",
                "",
                "AWS-LC",
                version,
                "pkg:github/aws/aws-lc@v" + version,
                null,
                List.of("(Apache-2.0 OR ISC) AND OpenSSL AND ISC AND MIT AND BSD-3-Clause"));
    }

    /** The runtime is linked from the Java that this runs on. */
    private static Component java() {
        String version = System.getProperty("java.runtime.version");
        return new Component(
                "platform",
                System.getProperty("java.vendor"),
                "OpenJDK",
                version,
                "pkg:generic/openjdk@" + version.replace("+", "%2B"),
                null,
                List.of("GPL-2.0-only WITH Classpath-exception-2.0"));
    }

    // ---- notices

    /** Copies the notices of a jar; without any, the text of its licence. */
    private void notices(Path jar, String name, List<String> licences) throws IOException {
        Path folder = Files.createDirectories(stage.resolve("licenses").resolve(name));
        boolean licence = false;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
                if (entry.isDirectory() || !NOTICE.matcher(entry.getName()).matches()) {
                    continue;
                }
                String file = entry.getName().replaceFirst("^META-INF/", "").replace('/', '_');
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, folder.resolve(file));
                }
                licence |= !file.toUpperCase(Locale.ROOT).contains("NOTICE");
            }
        }
        if (!licence) {
            String text =
                    licences.stream()
                            .map(TEXTS::get)
                            .filter(each -> each != null)
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new IOException(
                                                    "%s brings no licence text, and there is none here of %s"
                                                            .formatted(name, licences)));
            Path file = root.resolve(text);
            Files.copy(file, folder.resolve(file.getFileName()));
        }
    }

    private static String table(List<Component> components) {
        StringBuilder text =
                new StringBuilder(
                        """
                        What this package holds beside Trent, and under which licence. Notices and texts of licences are in the
                        folders of these names in licenses/, those of Java in runtime/legal/. Nothing was changed; the
                        sources are published where the address (package URL) leads.

                        """);
        for (Component each : components) {
            if (!each.group().equals(OURS)) {
                text.append(each.name()).append(' ').append(each.version()).append('\n');
                text.append("    ").append(String.join(" or ", each.licences())).append('\n');
                text.append("    ").append(each.purl()).append('\n');
            }
        }
        return text.toString();
    }

    // ---- CycloneDX

    private static String json(List<Component> components, String version) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                {
                  "$schema" : "http://cyclonedx.org/schema/bom-1.6.schema.json",
                  "bomFormat" : "CycloneDX",
                  "specVersion" : "1.6",
                  "version" : 1,
                  "metadata" : {
                    "component" : {
                """);
        String us = "pkg:generic/trent@" + version;
        member(text, "type", "application");
        member(text, "bom-ref", us);
        member(text, "name", "trent");
        member(text, "version", version);
        text.append(
                """
                      "licenses" : [ { "license" : { "id" : "Apache-2.0" } } ]
                    }
                  },
                  "components" : [
                """);
        String comma = "";
        for (Component each : components) {
            text.append(comma).append("    {\n");
            member(text, "type", each.type());
            member(text, "bom-ref", each.purl());
            if (!each.group().isEmpty()) {
                member(text, "group", each.group());
            }
            member(text, "name", each.name());
            member(text, "version", each.version());
            if (each.sha256() != null) {
                text.append("      \"hashes\" : [ { \"alg\" : \"SHA-256\", \"content\" : ");
                text.append(quoted(each.sha256())).append(" } ],\n");
            }
            text.append("      \"licenses\" : [ ").append(licences(each)).append(" ],\n");
            text.append("      \"purl\" : ").append(quoted(each.purl())).append("\n    }");
            comma = ",\n";
        }
        return text.append("\n  ]\n}\n").toString();
    }

    /** An expression stands alone; several licences are one, of which the user chooses. */
    private static String licences(Component component) {
        List<String> licences = component.licences();
        String all = licences.size() > 1 ? String.join(" OR ", licences) : licences.getFirst();
        if (all.contains(" OR ") || all.contains(" AND ") || all.contains(" WITH ")) {
            return "{ \"expression\" : " + quoted(all) + " }";
        }
        String member = SPDX_ID.matcher(all).matches() ? "id" : "name";
        return "{ \"license\" : { \"%s\" : %s } }".formatted(member, quoted(all));
    }

    private static void member(StringBuilder text, String name, String value) {
        text.append("      ").append(quoted(name)).append(" : ");
        text.append(quoted(value)).append(",\n");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    // ---- files

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }

    private static Element xml(Path file) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " cannot be read", e);
        }
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private static String text(Element parent, String name) {
        return children(parent, name).stream()
                .map(Element::getTextContent)
                .map(String::strip)
                .findFirst()
                .orElse("");
    }
}
