package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import trent.ops.Readiness.Check;

/** What {@code /readyz} says is what its checks say at that moment. */
class ReadinessTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Readiness readiness = new Readiness();

    @Test
    void untilItServesNothingElseIsKnown() throws IOException {
        readiness.waits("this server waits: \"why\"");
        JsonNode said = said();
        assertThat(said)
                .hasToString(
                        "{\"ready\":false,\"reasons\":[{\"check\":\"serving\",\"message\":\"this server waits: \\\"why\\\"\"}],"
                                + "\"checks\":{\"serving\":\"failed\",\"store\":\"unknown\",\"writes\":\"unknown\","
                                + "\"seal\":\"unknown\",\"certificate\":\"unknown\",\"database\":\"unknown\"}}");
    }

    @Test
    void everyReasonIsNamedAndGoesWhenItIsGone() throws IOException {
        AtomicReference<@Nullable String> writes = new AtomicReference<>();
        AtomicReference<@Nullable String> seal = new AtomicReference<>();
        readiness.unless(Map.of(Check.WRITES, writes::get, Check.SEAL, seal::get));
        assertThat(said())
                .hasToString(
                        "{\"ready\":true,\"reasons\":[],\"checks\":{\"serving\":\"passed\",\"store\":\"unused\","
                                + "\"writes\":\"passed\",\"seal\":\"passed\",\"certificate\":\"unused\","
                                + "\"database\":\"unused\"}}");

        writes.set("the disk is full");
        seal.set("the file is gone");
        JsonNode said = said();
        assertThat(said.path("ready").asBoolean()).isFalse();
        assertThat(said.path("reasons"))
                .hasToString(
                        "[{\"check\":\"writes\",\"message\":\"the disk is full\"},"
                                + "{\"check\":\"seal\",\"message\":\"the file is gone\"}]");
        assertThat(said.path("checks").path("seal").asText()).isEqualTo("failed");

        seal.set(null);
        assertThat(said().path("reasons")).hasSize(1);
        writes.set(null);
        assertThat(said().path("ready").asBoolean()).isTrue();

        readiness.waits("this server is ending");
        assertThat(said().path("checks").path("serving").asText()).isEqualTo("failed");
    }

    /** A file's name may hold what no JSON can. */
    @Test
    void anyReasonCanBeTold() throws IOException {
        readiness.waits("a\ud800b\nc\u0000");
        assertThat(said().path("reasons").path(0).path("message").asText())
                .isEqualTo("a\ufffdb\nc\u0000");
    }

    private JsonNode said() throws IOException {
        return JSON.readTree(readiness.state().json());
    }
}
