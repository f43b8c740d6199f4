package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/**
 * A server whose disk is full, really, under load: it says so, goes on reading, and takes changes
 * again as soon as there is room. Nothing is there by half.
 */
@ExtendWith(Workplace.class)
class FullDiskTest {

    private static final int CLIENTS = 8;
    private static final int DISK_KIB = 8192;
    private static final int MAX_TAGS = 50;
    private static final Duration SOON = Duration.ofSeconds(20);

    /** What one client knows of its own key. */
    private static final class Owner {
        private final String key;
        private final Map<String, String> aliases = new HashMap<>();
        private String disabled = "false";
        private int tags;

        private Owner(String key) {
            this.key = key;
        }
    }

    @Test
    void changesAreTakenAgainWhenThereIsRoom() throws Exception {
        TrentProcess.Settings settings = TrentProcess.server();
        Path disk = settings.folder().resolve("data");
        Files.createDirectories(disk);
        if (run("mount", "-t", "tmpfs", "-o", "size=" + DISK_KIB + "k", "tmpfs", disk.toString())
                != 0) {
            System.err.println("SKIPPED: no small disk can be mounted here; run the tests as root");
            Assumptions.abort("only root can mount a small disk");
        }
        try (TrentProcess trent = settings.start()) {
            List<Owner> owners = new ArrayList<>();
            try (Kms kms = trent.kms(Signer.ROOT)) {
                for (int i = 0; i < CLIENTS; i++) {
                    owners.add(new Owner(kms.createKey()));
                }
            }
            for (int round = 0; round < 2; round++) {
                fillAndFree(trent, disk, owners, round);
            }
            verify(trent, owners);
            trent.kill();
            trent.restart();
            verify(trent, owners);
        } finally {
            assertThat(run("umount", "-l", disk.toString())).isZero();
        }
    }

    private static void fillAndFree(TrentProcess trent, Path disk, List<Owner> owners, int round)
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger answers = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> writing = new ArrayList<>();
            for (Owner owner : owners) {
                writing.add(
                        threads.submit(
                                () -> {
                                    try (Kms kms = trent.kms(Signer.ROOT)) {
                                        for (int i = 0; !done.get(); i++) {
                                            write(
                                                    kms,
                                                    owner,
                                                    "alias/%s-%d-%d"
                                                            .formatted(owner.key, round, i % 20));
                                            answers.incrementAndGet();
                                        }
                                    }
                                    return null;
                                }));
            }
            Await.until("answers", SOON, () -> answers.get() > 50);
            fill(disk.resolve("ballast"));
            Await.until("not ready", SOON, () -> trent.admin("/readyz").status() == 503);
            assertThat(Json.of(trent.admin("/readyz").body()).path("reasons").path(0).path("check"))
                    .hasToString("\"writes\"");
            assertThat(trent.admin("/metrics").body())
                    .contains(
                            "trent_store_writable 0.0", "trent_check_failed{check=\"writes\"} 1.0")
                    .doesNotContain("trent_store_commit_failures_total 0.0");
            try (Kms kms = trent.kms(Signer.ROOT)) {
                String key = owners.getFirst().key;
                kms.ok("DescribeKey", Map.of("KeyId", key));
                kms.ok("GenerateRandom", Map.of("NumberOfBytes", 16));
                Reply refused =
                        kms.call("UntagResource", Map.of("KeyId", key, "TagKeys", List.of("none")));
                assertThat(refused.status()).isEqualTo(503);
            }
            done.set(true);
            for (Future<?> one : writing) {
                one.get();
            }
            Files.delete(disk.resolve("ballast"));
            Await.until(
                    "ready, though nobody writes",
                    SOON,
                    () -> trent.admin("/readyz").status() == 200);
            assertThat(trent.admin("/metrics").body()).contains("trent_store_writable 1.0");
        }
        try (Kms kms = trent.kms(Signer.ROOT)) {
            kms.createKey();
        }
        assertThat(trent.stderr().lines().filter(line -> line.contains("ERROR")).count())
                .as("lines in the log")
                .isLessThan(30);
    }

    private static void write(Kms kms, Owner owner, String alias) {
        String state = owner.aliases.get(alias);
        String operation = state == null || state.equals("gone") ? "CreateAlias" : "DeleteAlias";
        if (!"?".equals(state)) {
            int status =
                    kms.call(
                                    operation,
                                    operation.equals("CreateAlias")
                                            ? Map.of("AliasName", alias, "TargetKeyId", owner.key)
                                            : Map.of("AliasName", alias))
                            .status();
            // 503: nothing was changed, for sure. 500: nobody knows.
            if (status != 503) {
                String now = operation.equals("CreateAlias") ? "there" : "gone";
                assertThat(status).as(operation + " " + alias).isIn(200, 500);
                owner.aliases.put(alias, status == 200 ? now : "?");
            }
        }
        if (!owner.disabled.equals("?")) {
            boolean disable = owner.disabled.equals("false");
            int status =
                    kms.call(disable ? "DisableKey" : "EnableKey", Map.of("KeyId", owner.key))
                            .status();
            if (status != 503) {
                owner.disabled = status == 200 ? String.valueOf(disable) : "?";
            }
        }
        Reply reply =
                kms.call(
                        "TagResource",
                        Map.of(
                                "KeyId",
                                owner.key,
                                "Tags",
                                List.of(
                                        Map.of(
                                                "TagKey",
                                                "t" + owner.tags++,
                                                "TagValue",
                                                "x".repeat(200)))));
        assertThat(reply.status()).isIn(200, 400, 500, 503);
    }

    /** As the last answers left it: in memory, and after a kill. */
    private static void verify(TrentProcess trent, List<Owner> owners) throws IOException {
        try (Kms kms = trent.kms(Signer.ROOT)) {
            for (Owner owner : owners) {
                JsonNode found =
                        kms.ok("DescribeKey", Map.of("KeyId", owner.key)).path("KeyMetadata");
                if (!owner.disabled.equals("?")) {
                    assertThat(found.path("KeyState").asText())
                            .isEqualTo(owner.disabled.equals("true") ? "Disabled" : "Enabled");
                }
                owner.aliases.forEach(
                        (alias, state) -> {
                            int status = kms.call("DescribeKey", Map.of("KeyId", alias)).status();
                            if (!state.equals("?")) {
                                assertThat(status)
                                        .as(alias)
                                        .isEqualTo(state.equals("there") ? 200 : 400);
                            }
                        });
                assertThat(
                                kms.ok("ListResourceTags", Map.of("KeyId", owner.key))
                                        .path("Tags")
                                        .size())
                        .isLessThanOrEqualTo(MAX_TAGS);
                kms.ok("GetKeyPolicy", Map.of("KeyId", owner.key));
            }
            for (JsonNode key : kms.ok("ListKeys", Map.of("Limit", 1000)).path("Keys")) {
                kms.ok("GetKeyPolicy", Map.of("KeyId", key.path("KeyId").asText()));
            }
        }
    }

    private static void fill(Path ballast) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
