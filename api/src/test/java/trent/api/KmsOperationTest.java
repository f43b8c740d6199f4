package trent.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that the model names is there. */
class KmsOperationTest {

    static List<KmsOperation<?, ?>> operations() {
        return KmsOperation.all();
    }

    @Test
    void thereAreTheModelsOperationsAndNoOther() {
        assertThat(operations()).hasSize(54);
        assertThat(operations().stream().map(KmsOperation::name))
                .containsExactlyElementsOf(
                        ModelSamples.MODEL.path("operations").properties().stream()
                                .map(Map.Entry::getKey)
                                .toList());
        assertThat(operations().stream().map(KmsOperation::ordinal))
                .containsExactlyElementsOf(IntStream.range(0, 54).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void anOperationIsFoundByItsExactName(KmsOperation<?, ?> operation) {
        assertThat(KmsOperation.byName(operation.name())).isSameAs(operation);
        assertThat(KmsOperation.byName(operation.name().toLowerCase(java.util.Locale.ROOT)))
                .isNull();
        assertThat(operation).hasToString(operation.name());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void hasOutputIffTheModelSaysSo(KmsOperation<?, ?> operation) {
        JsonNode modelled = ModelSamples.MODEL.path("operations").path(operation.name());
        assertThat(operation.hasOutput()).isEqualTo(modelled.has("output"));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void aRequestWithNothingButWhatIsRequiredIsRead(KmsOperation<?, ?> operation) {
        assertThat(Requests.read(operation.name(), ModelSamples.minimal(operation.name())))
                .isNotNull();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void aRequestWithEveryMemberIsReadWhole(KmsOperation<?, ?> operation)
            throws ReflectiveOperationException {
        Object request = Requests.read(operation.name(), ModelSamples.full(operation.name()));
        for (RecordComponent component : request.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(request);
            assertThat(value)
                    .as(component.getName())
                    .isNotNull()
                    .isNotIn(false, List.of(), Map.of());
        }
    }

    @Test
    void everyModelledErrorHasItsException() throws ReflectiveOperationException {
        int errors = 0;
        for (Map.Entry<String, JsonNode> shape : ModelSamples.MODEL.path("shapes").properties()) {
            if (shape.getValue().path("exception").booleanValue()) {
                ServiceException error =
                        Class.forName("trent.api." + shape.getKey())
                                .asSubclass(ServiceException.class)
                                .getConstructor(String.class)
                                .newInstance("text");
                assertThat(error.code()).isEqualTo(shape.getKey());
                assertThat(error.getMessage()).isEqualTo("text");
                assertThat(error.httpStatus())
                        .isEqualTo(shape.getValue().path("fault").booleanValue() ? 500 : 400);
                errors++;
            }
        }
        assertThat(errors).isEqualTo(48);
    }

    @Test
    void everyWordIsReadBack() {
        for (GrantOperation word : GrantOperation.values()) {
            assertThat(GrantOperation.ofWire(word.wire())).isSameAs(word);
        }
        assertThat(GrantOperation.ofWire("CREATE_GRANT")).isNull();
        assertThat(KeySpec.ofWire("ECC_SECG_P256K1")).isSameAs(KeySpec.ECC_SECG_P256K1);
    }
}
