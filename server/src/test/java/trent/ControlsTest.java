package trent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.AccountId;
import trent.ops.Address;
import trent.ops.Settings;
import trent.ops.Stop;
import trent.seal.RootKeyFile;
import trent.seed.SeedFile;
import trent.store.Mode;
import trent.store.Opening;
import trent.wire.BrowserGuard;
import trent.wire.TrustedProxies;

/** What tests of somebody's own code do to {@code trent dev} on its admin address. */
@Timeout(300)
@Tag("sqlite")
class ControlsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String SEED_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final String SEED =
            """
            accounts:
              "000000000000":
                users:
                  - name: alice
                keys:
                  - id: 1234abcd-12ab-34cd-56ef-1234567890ab
                    region: us-east-2
                aliases:
                  - {name: alias/seeded, region: us-east-2, key: 1234abcd-12ab-34cd-56ef-1234567890ab}
            """;

    @TempDir private Path folder;
    private @Nullable Trent trent;

    @AfterEach
    void close() {
        if (trent != null) {
            trent.close();
        }
    }

    // ---- /reset

    @Test
    void aResetGoesBackToTheStateAfterTheStart() throws Exception {
        Path seed = Files.writeString(folder.resolve("seed.yaml"), SEED);
        start(dev(new Settings.Place.InMemory(), seed, false, Quotas.DEFAULT));
        JsonNode keys = ok("ListKeys", "{}");
        JsonNode aliases = withoutDates(ok("ListAliases", "{}"));
        String users = iam("Action=ListUsers");
        assertThat(keys.toString()).contains(SEED_KEY);
        assertThat(users).contains("<UserName>alice</UserName>");
        String lastUsage = "{\"KeyId\":\"" + SEED_KEY + "\"}";
        assertThat(ok("GetKeyLastUsage", lastUsage).toString()).doesNotContain("crypt");

        String key = newKey();
        ok("CreateAlias", "{\"AliasName\":\"alias/mine\",\"TargetKeyId\":\"" + key + "\"}");
        ok(
                "TagResource",
                "{\"KeyId\":\"alias/seeded\",\"Tags\":[{\"TagKey\":\"a\",\"TagValue\":\"b\"}]}"
                        .replace("alias/seeded", SEED_KEY));
        ok("DisableKey", "{\"KeyId\":\"" + key + "\"}");
        String ciphertext =
                ok("Encrypt", "{\"KeyId\":\"alias/seeded\",\"Plaintext\":\"AAAA\"}")
                        .path("CiphertextBlob")
                        .asText();
        ok("Decrypt", "{\"CiphertextBlob\":\"" + ciphertext + "\"}");
        assertThat(ok("GetKeyLastUsage", lastUsage).toString()).contains("Decrypt");
        iam("Action=CreateUser&UserName=bob");
        posted("/clock", "{\"advance\":\"P100D\"}", 200);
        posted("/faults", "{\"operation\":\"ListKeys\",\"error\":\"ThrottlingException\"}", 200);

        assertThat(posted("/reset", "", 200)).isEqualTo("{\"resets\":1}\n");

        assertThat(ok("ListKeys", "{}")).isEqualTo(keys);
        assertThat(withoutDates(ok("ListAliases", "{}"))).isEqualTo(aliases);
        assertThat(iam("Action=ListUsers")).contains("alice").doesNotContain("bob");
        assertThat(ok("ListResourceTags", "{\"KeyId\":\"" + SEED_KEY + "\"}").path("Tags"))
                .isEmpty();
        assertThat(call("DescribeKey", "{\"KeyId\":\"" + key + "\"}").error())
                .isEqualTo("NotFoundException");
        assertThat(call("Decrypt", "{\"CiphertextBlob\":\"" + ciphertext + "\"}").error())
                .isEqualTo("InvalidCiphertextException");
        assertThat(ok("GetKeyLastUsage", lastUsage).toString()).doesNotContain("crypt");
        assertThat(got("/clock").path("offsetSeconds").asLong()).isZero();
        assertThat(got("/faults").path("faults")).isEmpty();
        JsonNode made = ok("CreateKey", "{}").path("KeyMetadata");
        assertThat(made.path("CreationDate").asLong())
                .isLessThan(Instant.now().plus(1, ChronoUnit.DAYS).getEpochSecond());
    }

    /**
     * A role of the same name, at the same version of its account's identities: whoever remembers
     * the old one takes it for this.
     */
    @Test
    void whatIsRememberedIsOfThisWorld() throws Exception {
        start(inMemory());
        for (int i = 0; i < 3; i++) {
            String role = roleId();
            HttpResponse<String> assumed =
                    query(
                            "sts",
                            "Action=AssumeRole&RoleSessionName=s1&Version=2011-06-15&RoleArn="
                                    + encoded("arn:aws:iam::000000000000:role/r1"));
            assertThat(assumed.statusCode()).as(assumed.body()).isEqualTo(200);
            assertThat(assumed.body()).contains("<AssumedRoleId>" + role + ":s1</AssumedRoleId>");
            posted("/reset", "{}", 200);
        }
    }

    private String roleId() throws IOException, InterruptedException {
        String trust =
                """
                {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
                 "Principal":{"AWS":"arn:aws:iam::000000000000:root"}}}""";
        String made =
                iam("Action=CreateRole&RoleName=r1&AssumeRolePolicyDocument=" + encoded(trust));
        return made.substring(made.indexOf("<RoleId>") + 8, made.indexOf("</RoleId>"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    @Test
    void quotasCountFromNothingAgain() throws Exception {
        start(
                dev(
                        new Settings.Place.InMemory(),
                        null,
                        false,
                        new Quotas(2, 50, 10, 10, 25, 32768)));
        for (int i = 0; i < 3; i++) {
            newKey();
            newKey();
            assertThat(call("CreateKey", "{}").error()).isEqualTo("LimitExceededException");
            posted("/reset", "{}", 200);
        }
    }

    /**
     * Many callers, and resets between: each call is answered by one world, whole, and of what was
     * answered before a reset began nothing is there after it was answered.
     */
    @Test
    void callsUnderWayEndInTheOldWorldOrTheNew() throws Exception {
        int resets = Boolean.getBoolean("trent.all") ? 500 : 60;
        start(inMemory());
        JsonNode aliasesAtStart = ok("ListAliases", "{}");
        AtomicInteger begun = new AtomicInteger();
        AtomicBoolean ends = new AtomicBoolean();
        Map<String, Integer> madeBefore = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        AtomicInteger answered = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int me = i;
            callers.add(
                    Thread.startVirtualThread(
                            () -> {
                                while (!ends.get()) {
                                    try {
                                        live(me, begun, madeBefore, wrong);
                                        answered.incrementAndGet();
                                    } catch (IOException
                                            | InterruptedException
                                            | RuntimeException e) {
                                        wrong.add(e.toString());
                                        return;
                                    }
                                }
                            }));
        }
        for (int i = 0; i < resets && wrong.isEmpty(); i++) {
            int before = answered.get();
            while (answered.get() < before + 5 && wrong.isEmpty()) {
                Thread.onSpinWait();
            }
            int number = begun.incrementAndGet();
            posted("/reset", "{}", 200);
            Set<String> there = new TreeSet<>();
            ok("ListKeys", "{\"Limit\":1000}")
                    .path("Keys")
                    .forEach(each -> there.add(each.path("KeyId").asText()));
            ok("ListAliases", "{\"Limit\":100}")
                    .path("Aliases")
                    .forEach(
                            each -> {
                                if (each.has("TargetKeyId")) {
                                    there.add(each.path("TargetKeyId").asText());
                                }
                            });
            for (String key : there) {
                if (madeBefore.getOrDefault(key, number) < number) {
                    wrong.add("left over after reset " + number + ": " + key);
                }
            }
        }
        ends.set(true);
        for (Thread each : callers) {
            each.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(madeBefore).hasSizeGreaterThan(resets);
        posted("/reset", "{}", 200);
        assertThat(ok("ListKeys", "{}").path("Keys")).isEmpty();
        assertThat(ok("ListAliases", "{}")).isEqualTo(aliasesAtStart);
    }

    /** A key, an alias of it, and what can be seen of both; a reset may come between any two. */
    private void live(
            int me,
            AtomicInteger begun,
            Map<String, Integer> madeBefore,
            ConcurrentLinkedQueue<String> wrong)
            throws IOException, InterruptedException {
        Answer created = call("CreateKey", "{}");
        int resetsBegun = begun.get();
        if (created.status() != 200) {
            wrong.add("CreateKey: " + created);
            return;
        }
        String key = created.body().path("KeyMetadata").path("KeyId").asText();
        madeBefore.put(key, resetsBegun);
        String alias = "alias/of-%d-%s".formatted(me, key);
        String[][] calls = {
            {"CreateAlias", "{\"AliasName\":\"%s\",\"TargetKeyId\":\"%s\"}".formatted(alias, key)},
            {"Encrypt", "{\"KeyId\":\"%s\",\"Plaintext\":\"AAAA\"}".formatted(alias)},
            {"DescribeKey", "{\"KeyId\":\"%s\"}".formatted(alias)},
            {"ListAliases", "{\"KeyId\":\"%s\"}".formatted(key)},
            {"GetKeyPolicy", "{\"KeyId\":\"%s\"}".formatted(key)},
            {"ListResourceTags", "{\"KeyId\":\"%s\"}".formatted(key)},
        };
        boolean gone = false;
        for (String[] each : calls) {
            Answer answer = call(each[0], each[1]);
            boolean notFound = "NotFoundException".equals(answer.error());
            if ((answer.status() != 200 && !notFound) || (gone && !notFound)) {
                wrong.add(each[0] + (gone ? " found again: " : ": ") + answer);
            }
            gone |= notFound;
            if (answer.status() == 200
                    && each[0].equals("ListAliases")
                    && answer.body().path("Aliases").size() != 1) {
                wrong.add("half a world: " + answer);
            }
        }
    }

    @Test
    void aThousandResetsLeaveNothingBehind() throws Exception {
        start(inMemory());
        for (int i = 0; i < 50; i++) {
            inhabitAndReset();
        }
        long heap = usedHeap();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long files = openFiles();
        for (int i = 0; i < 1000; i++) {
            inhabitAndReset();
        }
        assertThat(usedHeap() - heap).as("bytes of the heap").isLessThan(8L << 20);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                .isLessThanOrEqualTo(threads + 4);
        assertThat(openFiles()).isLessThanOrEqualTo(files + 8);
    }

    private void inhabitAndReset() throws IOException, InterruptedException {
        ok("Encrypt", "{\"KeyId\":\"" + newKey() + "\",\"Plaintext\":\"AAAA\"}");
        iam("Action=CreateUser&UserName=bob");
        posted("/reset", "{}", 200);
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least =
                    Math.min(
                            least,
                            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    @Test
    void aStoreThatIsKeptIsEmptiedOnlyWhereThatIsAllowed() throws Exception {
        Path seed = Files.writeString(folder.resolve("seed.yaml"), SEED);
        start(dev(data(), seed, false, Quotas.DEFAULT));
        String key = newKey();
        assertThat(posted("/reset", "{}", 409)).contains("--allow-reset", "data");
        ok("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
        restart(dev(data(), seed, true, Quotas.DEFAULT));
        ok("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
        posted("/reset", "{}", 200);
        assertThat(ok("ListKeys", "{}").path("Keys")).hasSize(1);
        ok("Encrypt", "{\"KeyId\":\"alias/seeded\",\"Plaintext\":\"AAAA\"}");
        restart(dev(data(), seed, false, Quotas.DEFAULT));
        assertThat(ok("ListKeys", "{}").path("Keys")).hasSize(1);
        assertThat(ok("ListKeys", "{}").toString()).contains(SEED_KEY);
    }

    @Test
    void aSeedThatIsWrongByNowChangesNothing() throws Exception {
        Path seed = Files.writeString(folder.resolve("seed.yaml"), SEED);
        start(dev(new Settings.Place.InMemory(), seed, false, Quotas.DEFAULT));
        String key = newKey();
        Files.writeString(seed, "accounts:\n  111122223333:\n    usres: []\n");
        assertThat(posted("/reset", "{}", 409)).contains("Nothing was reset", "line 3", "usres");
        ok("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
        Files.delete(seed);
        assertThat(posted("/reset", "{}", 409))
                .contains("Nothing was reset", "does not exist", "seed.yaml");
        ok("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
        Files.writeString(seed, SEED);
        posted("/reset", "{}", 200);
        assertThat(call("DescribeKey", "{\"KeyId\":\"" + key + "\"}").status()).isEqualTo(400);
    }

    // ---- /clock

    @Test
    void whatIsDueIsDoneWhenTheClockWasMoved() throws Exception {
        start(inMemory());
        String deleted = newKey();
        ok("ScheduleKeyDeletion", "{\"KeyId\":\"" + deleted + "\",\"PendingWindowInDays\":7}");
        String rotated = newKey();
        ok("EnableKeyRotation", "{\"KeyId\":\"" + rotated + "\",\"RotationPeriodInDays\":90}");
        String imported = imported(Instant.now().plus(2, ChronoUnit.DAYS));

        posted("/clock", "{\"advance\":\"P6D\"}", 200);
        assertThat(state(deleted)).isEqualTo("PendingDeletion");
        assertThat(state(imported)).isEqualTo("PendingImport");
        posted("/clock", "{\"advance\":\"P1D\"}", 200);
        assertThat(state(deleted)).isEqualTo("NotFoundException");
        assertThat(rotations(rotated)).isEmpty();

        posted("/clock", "{\"advance\":\"P83D\"}", 200);
        JsonNode rotation = rotations(rotated).path(0);
        assertThat(rotation.path("RotationType").asText()).isEqualTo("AUTOMATIC");
        JsonNode clock = got("/clock");
        assertThat(clock.path("offsetSeconds").asLong()).isEqualTo(Duration.ofDays(90).toSeconds());
        assertThat(
                        Duration.between(
                                Instant.parse(clock.path("wall").asText()),
                                Instant.parse(clock.path("now").asText())))
                .isEqualTo(Duration.ofDays(90));
        double date = ok("CreateKey", "{}").path("KeyMetadata").path("CreationDate").asDouble();
        assertThat(Math.abs(date - rotation.path("RotationDate").asDouble())).isLessThan(3600);

        posted("/clock", "{\"reset\":true}", 200);
        assertThat(got("/clock").path("offsetSeconds").asLong()).isZero();
        assertThat(state(deleted)).as("what has happened stays").isEqualTo("NotFoundException");
        assertThat(state(imported)).isEqualTo("PendingImport");
        assertThat(rotations(rotated)).hasSize(1);
        assertThat(state(rotated)).isEqualTo("Enabled");
    }

    @Test
    void policiesSeeTheTime() throws Exception {
        start(inMemory());
        String key = newKey();
        String policy =
                """
                {"Version":"2012-10-17","Statement":[
                 {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"},
                 {"Effect":"Deny","Principal":"*","Action":"kms:Encrypt","Resource":"*",
                  "Condition":{"DateGreaterThan":{"aws:CurrentTime":"2098-01-01T00:00:00Z"}}}]}""";
        ok("PutKeyPolicy", JSON.writeValueAsString(Map.of("KeyId", key, "Policy", policy)));
        String encrypt = "{\"KeyId\":\"" + key + "\",\"Plaintext\":\"AAAA\"}";
        ok("Encrypt", encrypt);
        posted("/clock", "{\"set\":\"2098-01-01T00:00:01Z\"}", 200);
        assertThat(call("Encrypt", encrypt).error()).isEqualTo("AccessDeniedException");
        posted("/clock", "{\"set\":\"2097-12-31T00:00:00Z\"}", 200);
        ok("Encrypt", encrypt);
    }

    /** A store that is kept believes the clock that a test moved, and the next start the wall's. */
    @Test
    void aKeptStoreFollowsTheClockToo() throws Exception {
        start(dev(data(), null, false, Quotas.DEFAULT));
        String key = newKey();
        ok("ScheduleKeyDeletion", "{\"KeyId\":\"" + key + "\",\"PendingWindowInDays\":30}");
        posted("/clock", "{\"advance\":\"P29D\"}", 200);
        assertThat(state(key)).isEqualTo("PendingDeletion");
        restart(dev(data(), null, false, Quotas.DEFAULT));
        assertThat(state(key)).isEqualTo("PendingDeletion");
        posted("/clock", "{\"advance\":\"P29D\"}", 200);
        assertThat(state(key)).isEqualTo("PendingDeletion");
        posted("/clock", "{\"advance\":\"P1D\"}", 200);
        assertThat(state(key)).isEqualTo("NotFoundException");
    }

    // ---- /faults

    @Test
    void aCountOfCallsIsAnsweredWithAnErrorAndDoesNothing() throws Exception {
        start(inMemory());
        posted(
                "/faults",
                "{\"operation\":\"CreateKey\",\"error\":\"KMSInternalException\",\"count\":2,\"message\":\"no\"}",
                200);
        for (int i = 0; i < 2; i++) {
            Answer struck = call("CreateKey", "{}");
            assertThat(struck.status()).isEqualTo(500);
            assertThat(struck.body().path("__type").asText()).isEqualTo("KMSInternalException");
            assertThat(struck.body().path("message").asText()).isEqualTo("no");
        }
        newKey();
        assertThat(ok("ListKeys", "{}").path("Keys")).hasSize(1);
        JsonNode rule = got("/faults").path("faults").path(0);
        assertThat(rule.path("struck").asInt()).isEqualTo(2);
        assertThat(rule.path("met").asInt()).isEqualTo(3);
    }

    @Test
    void theOtherServicesFailInTheirOwnShape() throws Exception {
        start(inMemory());
        posted(
                "/faults",
                """
                [{"service":"iam","operation":"*","error":"ServiceFailure","count":1},
                 {"service":"iam","operation":"CreateUser","error":"Throttling","count":1},
                 {"service":"sts","operation":"GetCallerIdentity","error":"ServiceUnavailable"}]""",
                200);
        HttpResponse<String> users = query("iam", "Action=ListUsers&Version=2010-05-08");
        assertThat(users.statusCode()).isEqualTo(500);
        assertThat(users.body()).contains("<Code>ServiceFailure</Code>", "<ErrorResponse");
        HttpResponse<String> create =
                query("iam", "Action=CreateUser&UserName=bob&Version=2010-05-08");
        assertThat(create.statusCode()).isEqualTo(400);
        assertThat(create.body()).contains("<Code>Throttling</Code>");
        assertThat(iam("Action=ListUsers")).doesNotContain("bob");
        HttpResponse<String> who = query("sts", "Action=GetCallerIdentity&Version=2011-06-15");
        assertThat(who.statusCode()).isEqualTo(503);
        assertThat(who.body()).contains("<Code>ServiceUnavailable</Code>");
        newKey(); // KMS is struck by none of them
    }

    @Test
    void aSeedRepeatsWhomChanceStrikes() throws Exception {
        start(inMemory());
        String fault =
                "{\"operation\":\"ListKeys\",\"error\":\"ThrottlingException\",\"share\":0.3,\"seed\":42}";
        List<Integer> first = struckOf(200, fault);
        assertThat(struckOf(200, fault)).isEqualTo(first);
        assertThat(struckOf(200, fault.replace("42", "43"))).isNotEqualTo(first);
        long struck = first.stream().filter(status -> status != 200).count();
        assertThat(struck).isBetween(35L, 85L);
        posted("/faults", fault.replace(",\"seed\":42", ""), 200);
        JsonNode seeds = got("/faults").path("faults").path(0).path("seed");
        assertThat(seeds.isIntegralNumber()).as("shown, so that it can be repeated").isTrue();
    }

    private List<Integer> struckOf(int calls, String fault)
            throws IOException, InterruptedException {
        posted("/faults", fault, 200);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            statuses.add(call("ListKeys", "{}").status());
        }
        assertThat(asked("DELETE", "/faults", "", "application/json").statusCode()).isEqualTo(200);
        return statuses;
    }

    @Test
    void latencyKeepsACallBackAndThenItIsDone() throws Exception {
        start(inMemory());
        posted(
                "/faults",
                """
                [{"operation":"CreateKey","latency":20,"count":1},
                 {"operation":"ListKeys","latency":20,"error":"ThrottlingException","count":1}]""",
                200);
        long before = System.nanoTime();
        newKey();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000L);
        assertThat(call("ListKeys", "{}").error()).isEqualTo("ThrottlingException");
        assertThat(ok("ListKeys", "{}").path("Keys")).hasSize(1);
    }

    /** However long they would wait: a test that ends its faults is not held up by them. */
    @ParameterizedTest
    @ValueSource(strings = {"DELETE /faults", "POST /faults", "POST /reset"})
    void whoWaitsDoesSoNoLongerWhenTheFaultsEnd(String by) throws Exception {
        start(inMemory());
        posted("/faults", "{\"operation\":\"CreateKey\",\"latency\":60000}", 200);
        List<CompletableFuture<HttpResponse<String>>> waiting =
                IntStream.range(0, 20)
                        .mapToObj(
                                _ ->
                                        HTTP.sendAsync(
                                                kms("CreateKey", "{}"), BodyHandlers.ofString()))
                        .toList();
        while (got("/faults").path("waiting").asInt() < 20) {
            Thread.onSpinWait();
        }
        // None of them holds up what needs nobody under way.
        posted("/clock", "{\"advance\":1}", 200);
        String[] request = by.split(" ", -1);
        String body = by.equals("POST /faults") ? "{\"clear\":true}" : "";
        assertThat(asked(request[0], request[1], body, "application/json").statusCode())
                .isEqualTo(200);
        for (CompletableFuture<HttpResponse<String>> each : waiting) {
            assertThat(each.get().statusCode()).isEqualTo(200);
        }
        assertThat(ok("ListKeys", "{}").path("Keys"))
                .as("they were begun after it, all of them")
                .hasSize(20);
        assertThat(got("/faults").path("waiting").asInt()).isZero();
    }

    @Test
    void aTimeoutIsAConnectionThatEndsWithoutAWord() throws Exception {
        start(inMemory());
        posted("/faults", "{\"operation\":\"CreateKey\",\"timeout\":true,\"latency\":20}", 200);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), uri(trent().url()).getPort())) {
            socket.getOutputStream()
                    .write(
                            ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"
                                            + "X-Amz-Target: TrentService.CreateKey\r\nX-Amz-Date: 20260101T000000Z\r\n"
                                            + "Authorization: "
                                            + authorization("kms")
                                            + "\r\nContent-Length: 2\r\n\r\n{}")
                                    .getBytes(UTF_8));
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(ok("ListKeys", "{}").path("Keys")).isEmpty();
        assertThat(got("/faults").path("faults").path(0).path("struck").asInt()).isOne();
    }

    @Test
    void aHundredFaultsAndNoMore() throws Exception {
        start(inMemory());
        String one = "{\"operation\":\"Sign\",\"latency\":1}";
        String ninety = "[" + String.join(",", Collections.nCopies(90, one)) + "]";
        posted("/faults", ninety, 200);
        assertThat(posted("/faults", ninety, 400)).contains("100 faults at most");
        assertThat(got("/faults").path("faults")).hasSize(90);
    }

    // ---- who may

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            POST   | /reset  |                   |                    | 415
            POST   | /reset  | text/plain        |                    | 415
            POST   | /reset  | application/x-www-form-urlencoded |    | 415
            POST   | /reset  | application/json  | http://evil.test   | 403
            POST   | /reset  | application/json  | null               | 403
            POST   | /clock  | text/plain        |                    | 415
            POST   | /faults | multipart/form-data |                  | 415
            DELETE | /faults |                   |                    | 415
            DELETE | /faults | application/json  | http://evil.test   | 403
            GET    | /reset  | application/json  |                    | 405
            PUT    | /clock  | application/json  |                    | 405
            DELETE | /reset  | application/json  |                    | 405
            DELETE | /clock  | application/json  |                    | 405
            POST   | /reset/ | application/json  |                    | 404
            POST   | /Reset  | application/json  |                    | 404
            """)
    void noPageDoesIt(
            String method, String path, @Nullable String type, @Nullable String origin, int status)
            throws Exception {
        start(inMemory());
        String key = newKey();
        posted("/faults", "{\"operation\":\"Sign\",\"latency\":1}", 200);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(trent().adminUrl()).resolve(path))
                        .method(method, BodyPublishers.ofString("{}"));
        if (type != null) {
            request.header("Content-Type", type);
        }
        if (origin != null) {
            request.header("Origin", origin);
        }
        assertThat(HTTP.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(status);
        ok("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
        assertThat(got("/faults").path("faults")).hasSize(1);
    }

    /** A name of a stranger's page that he has made lead here. */
    @Test
    void noOtherNameDoesIt() throws Exception {
        start(inMemory());
        String key = newKey();
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), uri(trent().adminUrl()).getPort())) {
            socket.getOutputStream()
                    .write(
                            ("POST /reset HTTP/1.1\r\nHost: evil.test\r\nContent-Type: application/json\r\n"
                                            + "Connection: close\r\nContent-Length: 2\r\n\r\n{}")
                                    .getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 403 ");
        }
        ok("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            /reset  | {"seed": 1}      | There is no member "seed" here
            /reset  | []               | JSON object
            /reset  | x                | not JSON
            /clock  | {"advance": ""}  | For example: {"set"
            /faults | {"clear": false} | "clear" is to be true
            /faults | {"operation": "Sign"} | For example: {"operation"
            """)
    void wrongBodiesAreToldAndChangeNothing(String path, String body, String words)
            throws Exception {
        start(inMemory());
        String key = newKey();
        assertThat(posted(path, body, 400)).contains(words);
        ok("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
        assertThat(got("/clock").path("offsetSeconds").asLong()).isZero();
        assertThat(got("/faults").path("faults")).isEmpty();
    }

    @Test
    void aBodyHasItsBound() throws Exception {
        start(inMemory());
        assertThat(asked("POST", "/faults", " ".repeat(70_000), "application/json").statusCode())
                .isEqualTo(413);
    }

    @Test
    void aServerHasNoneOfThem() throws Exception {
        start(
                settings(
                        data(),
                        new Settings.Signers.Root(new AccountId("111122223333"), null),
                        null,
                        false,
                        Quotas.DEFAULT));
        for (String path : List.of("/reset", "/clock", "/faults")) {
            for (String method : List.of("GET", "POST", "DELETE")) {
                HttpResponse<String> answer = asked(method, path, "{}", "application/json");
                assertThat(answer.statusCode()).isEqualTo(404);
                assertThat(answer.body()).isEqualTo("/healthz /readyz /metrics\n");
            }
        }
    }

    // ---- a house, and how it is asked

    private Settings inMemory() {
        return dev(new Settings.Place.InMemory(), null, false, Quotas.DEFAULT);
    }

    private Settings.Place data() {
        Path data = folder.resolve("data");
        return new Settings.Place.Folder(data, new RootKeyFile(folder.resolve("root.key")));
    }

    private static Settings dev(
            Settings.Place place, @Nullable Path seed, boolean allowReset, Quotas quotas) {
        return settings(place, new Settings.Signers.Anyone(), seed, allowReset, quotas);
    }

    private static Settings settings(
            Settings.Place place,
            Settings.Signers signers,
            @Nullable Path seed,
            boolean allowReset,
            Quotas quotas) {
        Address any = Address.parse("127.0.0.1:0");
        return new Settings(
                any,
                any,
                place,
                new Opening(
                        signers instanceof Settings.Signers.Anyone
                                ? Mode.DEVELOPMENT
                                : Mode.SERVICE,
                        false,
                        null),
                null,
                signers,
                quotas,
                Sm2Regions.CHINA,
                null,
                new BrowserGuard(null, Set.of()),
                TrustedProxies.NONE,
                new Settings.Oidc(null, Map.of()),
                seed == null
                        ? null
                        : new Settings.Seeding(new SeedFile(seed, Map.of(), true), true),
                false,
                false,
                allowReset);
    }

    private void start(Settings settings) throws Exception {
        trent = Objects.requireNonNull(Trent.start(settings, new Stop()));
    }

    private void restart(Settings settings) throws Exception {
        trent().close();
        start(settings);
    }

    private Trent trent() {
        return Objects.requireNonNull(trent);
    }

    private static URI uri(String text) {
        return URI.create(text);
    }

    private record Answer(int status, JsonNode body) {

        @Nullable String error() {
            return status == 200 ? null : body.path("__type").asText();
        }
    }

    private JsonNode ok(String operation, String body) throws IOException, InterruptedException {
        Answer answer = call(operation, body);
        assertThat(answer.status()).as("%s: %s", operation, answer.body()).isEqualTo(200);
        return answer.body();
    }

    private Answer call(String operation, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(kms(operation, body), BodyHandlers.ofString());
        return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    }

    private HttpRequest kms(String operation, String body) {
        return HttpRequest.newBuilder(uri(trent().url()))
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", "TrentService." + operation)
                .header("X-Amz-Date", "20260101T000000Z")
                .header("Authorization", authorization("kms"))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private String iam(String form) throws IOException, InterruptedException {
        HttpResponse<String> answer = query("iam", form + "&Version=2010-05-08");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> query(String service, String form)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(uri(trent().url()))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("X-Amz-Date", "20260101T000000Z")
                        .header("Authorization", authorization(service))
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Of anybody: its signature is believed in development. */
    private static String authorization(String service) {
        return "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-2/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s"
                .formatted(service, "0".repeat(64));
    }

    private String posted(String path, String body, int status)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = asked("POST", path, body, "application/json");
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(status);
        return answer.body();
    }

    private JsonNode got(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = asked("GET", path, "", "text/plain");
        assertThat(answer.statusCode()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> asked(String method, String path, String body, String type)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(uri(trent().adminUrl()).resolve(path))
                        .header("Content-Type", type)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private String newKey() throws IOException, InterruptedException {
        return ok("CreateKey", "{}").path("KeyMetadata").path("KeyId").asText();
    }

    /** The key's state, or the error where there is no such key. */
    private String state(String key) throws IOException, InterruptedException {
        Answer answer = call("DescribeKey", "{\"KeyId\":\"" + key + "\"}");
        return answer.status() == 200
                ? answer.body().path("KeyMetadata").path("KeyState").asText()
                : String.valueOf(answer.error());
    }

    private JsonNode rotations(String key) throws IOException, InterruptedException {
        return ok("ListKeyRotations", "{\"KeyId\":\"" + key + "\"}").path("Rotations");
    }

    /** A key with material that expires. */
    private String imported(Instant end) throws Exception {
        String key =
                ok("CreateKey", "{\"Origin\":\"EXTERNAL\"}")
                        .path("KeyMetadata")
                        .path("KeyId")
                        .asText();
        JsonNode given =
                ok(
                        "GetParametersForImport",
                        "{\"KeyId\":\"%s\",\"WrappingAlgorithm\":\"RSAES_OAEP_SHA_256\",\"WrappingKeySpec\":\"RSA_2048\"}"
                                .formatted(key));
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                KeyFactory.getInstance("RSA")
                        .generatePublic(
                                new X509EncodedKeySpec(
                                        Base64.getDecoder()
                                                .decode(given.path("PublicKey").asText()))),
                new OAEPParameterSpec(
                        "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        byte[] wrapped = cipher.doFinal(new byte[32]);
        ok(
                "ImportKeyMaterial",
                "{\"KeyId\":\"%s\",\"ImportToken\":\"%s\",\"EncryptedKeyMaterial\":\"%s\",\"ExpirationModel\":\"KEY_MATERIAL_EXPIRES\",\"ValidTo\":%d}"
                        .formatted(
                                key,
                                given.path("ImportToken").asText(),
                                Base64.getEncoder().encodeToString(wrapped),
                                end.getEpochSecond()));
        assertThat(state(key)).isEqualTo("Enabled");
        return key;
    }

    private static JsonNode withoutDates(JsonNode aliases) {
        aliases.path("Aliases")
                .forEach(
                        each ->
                                ((ObjectNode) each)
                                        .remove(List.of("CreationDate", "LastUpdatedDate")));
        return aliases;
    }
}
