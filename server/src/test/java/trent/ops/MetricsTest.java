package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.iam.IamOperation;
import trent.api.sts.StsOperation;
import trent.name.KeyArn;
import trent.ops.PrometheusText.Sample;
import trent.ops.Settings.Place.Folder;
import trent.seal.RootKeyFile;
import trent.wire.Routes;

/** The text of {@code /metrics}: well formed, whole from the start, and bounded. */
@Tag("sqlite")
@Timeout(120)
class MetricsTest {

    private static final String ROOT = "arn:aws:iam::111122223333:root";

    @TempDir Path folder = Path.of("");

    @Test
    void allSeriesAreThereFromTheStartAndNoCallMakesMore() throws Exception {
        try (ScrapedServer trent = ScrapedServer.start(folder)) {
            PrometheusText text = trent.scrape();
            assertThat(trent.get("/metrics").headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(trent.get("/metrics").body().getBytes(UTF_8).length)
                    .isLessThan(Metrics.MAX_TEXT_BYTES);

            int operations =
                    KmsOperation.all().size()
                            + IamOperation.all().size()
                            + StsOperation.all().size()
                            + 2; // trent explain, and none
            assertThat(series(text, "trent_calls_total")).hasSize(5 * operations);
            assertThat(series(text, "trent_signature_failures_total")).hasSize(5);
            assertThat(series(text, "trent_keys")).hasSize(8);
            assertThat(
                            text.value(
                                    "trent_build_info",
                                    Map.of("version", Version.TRENT, "java", Version.JAVA)))
                    .isOne();
            assertThat(text.value("trent_ready", Map.of())).isOne();
            for (String each :
                    List.of(
                            "process_cpu_seconds_total",
                            "process_resident_memory_bytes",
                            "process_open_fds",
                            "process_max_fds",
                            "process_start_time_seconds",
                            "jvm_threads_current",
                            "trent_store_bytes",
                            "trent_store_free_bytes",
                            "trent_direct_memory_limit_bytes",
                            "trent_callers_limit_bytes")) {
                assertThat(text.value(each, Map.of())).as(each).isPositive();
            }
            assertThat(text.value("jvm_memory_max_bytes", Map.of("area", "heap"))).isPositive();
            assertThat(
                            text.value(
                                    "trent_certificate_expiry_timestamp_seconds",
                                    Map.of("position", "0")))
                    .isGreaterThan((double) Instant.now().getEpochSecond());
        }
    }

    @Test
    void whoAsksForTheHeadAloneGetsIt() throws Exception {
        try (ScrapedServer trent = ScrapedServer.start(folder)) {
            for (String path : List.of("/healthz", "/readyz", "/metrics")) {
                HttpResponse<String> head = trent.head(path);
                assertThat(head.statusCode()).as(path).isEqualTo(200);
                assertThat(head.body()).as(path).isEmpty();
                assertThat(head.headers().firstValue("content-type"))
                        .isEqualTo(trent.get(path).headers().firstValue("content-type"));
            }
        }
    }

    @Test
    void aCallIsCountedOnceAndAddsNoSeries() {
        Metrics metrics = new Metrics();
        CallMetrics calls = new CallMetrics(metrics);
        PrometheusText before = text(metrics);
        calls.add(SignatureLogTest.record(null, ROOT, null, null));
        calls.add(SignatureLogTest.record("AccessDeniedException", ROOT, null, null));
        calls.add(SignatureLogTest.record("InvalidSignatureException", null, null, null));
        calls.add(SignatureLogTest.record("SomethingThatNobodyKnows", ROOT, null, null));
        PrometheusText after = text(metrics);
        assertThat(names(after)).isEqualTo(names(before));
        assertThat(after.value("trent_calls_total", encrypt("ok"))).isEqualTo(1);
        assertThat(after.value("trent_calls_total", encrypt("denied"))).isEqualTo(2);
        assertThat(after.value("trent_calls_total", encrypt("client"))).isEqualTo(1);
        assertThat(after.value("trent_signature_failures_total", Map.of("reason", "invalid")))
                .isEqualTo(1);
        assertThat(after.value("trent_call_errors_total", Map.of("error", "other"))).isEqualTo(1);
        assertThat(after.value("trent_call_duration_seconds_count", Map.of("class", "symmetric")))
                .isEqualTo(4);
        assertThat(
                        after.value(
                                "trent_call_duration_seconds_bucket",
                                Map.of("class", "symmetric", "le", "1.0E-4")))
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "Encrypt, symmetric",
        "GenerateRandom, symmetric",
        "Sign, asymmetric",
        "DescribeKey, read",
        "CreateKey, write",
        "PutKeyPolicy, write",
        "iam:CreateUser, identity",
        "sts:AssumeRole, identity",
        "Trent.Explain, read",
    })
    void eachOperationHasItsClass(String operation, String kind) {
        assertThat(Routes.recordedNames()).contains(operation);
        assertThat(CallMetrics.Kind.of(operation).label()).isEqualTo(kind);
    }

    @Test
    void commitsAndKeysAreCounted() {
        try (House house = new House()) {
            Metrics metrics = new Metrics();
            StoreMetrics ofStore =
                    new StoreMetrics(
                            metrics,
                            new Folder(folder, new RootKeyFile(folder.resolve("root.key"))),
                            house::store);
            assertThat(text(metrics).value("trent_keys", Map.of("state", "Enabled")))
                    .as("not known yet")
                    .isNaN();
            house.store().tellOfCommits(ofStore);
            House.Caller caller = house.caller();
            KeyArn first = newKey(house, caller);
            house.setState(newKey(house, caller), KeyState.DISABLED);
            caller.ask(
                    KmsOperation.CREATE_ALIAS,
                    "AliasName",
                    "alias/a",
                    "TargetKeyId",
                    first.toString());
            ofStore.count();
            PrometheusText text = text(metrics);
            assertThat(text.value("trent_keys", Map.of("state", "Enabled"))).isEqualTo(1);
            assertThat(text.value("trent_keys", Map.of("state", "Disabled"))).isEqualTo(1);
            assertThat(text.value("trent_keys", Map.of("state", "PendingDeletion"))).isZero();
            assertThat(text.value("trent_aliases", Map.of())).isEqualTo(1);
            assertThat(text.value("trent_store_commit_changes_sum", Map.of()))
                    .isGreaterThanOrEqualTo(4);
            assertThat(text.value("trent_store_commit_duration_seconds_count", Map.of()))
                    .isEqualTo(text.value("trent_store_commit_changes_count", Map.of()));
            assertThat(text.value("trent_store_commit_failures_total", Map.of())).isZero();
        }
    }

    @Test
    void aCertificateIsUsableInItsTimeOnly() throws Exception {
        Instant now = Instant.parse("2026-06-01T00:00:00Z");
        KeyPair pair = ScrapedServer.pair();
        assertThat(unusable(pair, now.minusSeconds(1), now.plusSeconds(1), now)).isNull();
        assertThat(unusable(pair, now.minusSeconds(9), now.minusSeconds(1), now))
                .contains("CN=localhost", "expired at 2026-05-31T23:59:59Z");
        assertThat(unusable(pair, now.plusSeconds(1), now.plusSeconds(9), now))
                .contains("is not good before 2026-06-01T00:00:01Z");
    }

    private static @Nullable String unusable(KeyPair pair, Instant from, Instant until, Instant now)
            throws Exception {
        var certificate = ScrapedServer.certificate(pair, from, until);
        return new Certificates(() -> List.of(certificate), () -> now).unusableBecause();
    }

    private static KeyArn newKey(House house, House.Caller caller) {
        return house.insertKey(caller, KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
    }

    private static Map<String, String> encrypt(String outcome) {
        return Map.of("operation", "Encrypt", "outcome", outcome);
    }

    private static PrometheusText text(Metrics metrics) {
        return PrometheusText.read(new String(metrics.text(), UTF_8));
    }

    private static List<Sample> series(PrometheusText text, String name) {
        return text.samples().stream().filter(each -> each.name().equals(name)).toList();
    }

    private static Set<String> names(PrometheusText text) {
        Set<String> names = new TreeSet<>();
        text.samples().forEach(each -> names.add(each.name() + each.labels()));
        return names;
    }
}
