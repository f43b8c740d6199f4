package trent.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import trent.api.KmsOperation;
import trent.api.ServiceException;
import trent.dev.Fault.ServiceName;

/** What a test may ask for, and the words where it asks for what cannot be. */
class FaultReaderTest {

    private static final FaultReader READER = new FaultReader(() -> 7);

    @Test
    void aFaultWithEverything() throws WrongAsked {
        Fault fault =
                read("""
                                {"service": "KMS", "operation": ["Encrypt", "Decrypt"], "error": "ThrottlingException",
                                 "message": "slow down", "latency": 250, "count": 3, "share": 0.3, "seed": 42}""")
                        .getFirst();
        assertThat(fault)
                .isEqualTo(
                        new Fault(
                                ServiceName.KMS,
                                Set.of("Encrypt", "Decrypt"),
                                false,
                                "ThrottlingException",
                                "slow down",
                                Duration.ofMillis(250),
                                false,
                                3,
                                0.3,
                                42));
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws WrongAsked {
        Fault error = read("{\"operation\":\"Sign\",\"error\":\"DisabledException\"}").getFirst();
        assertThat(error.service()).isEqualTo(ServiceName.KMS);
        assertThat(error.latency()).isZero();
        assertThat(error.count()).isEqualTo(Fault.ALWAYS);
        assertThat(error.share()).isEqualTo(1);
        assertThat(error.seed()).isEqualTo(7);
        Fault timeout = read("{\"operation\":\"Sign\",\"timeout\":true}").getFirst();
        assertThat(timeout.latency()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void allAreThoseThatMayAnswerSo() throws WrongAsked {
        Fault any = read("{\"operation\":\"*\",\"error\":\"ThrottlingException\"}").getFirst();
        assertThat(any.operations()).hasSize(KmsOperation.all().size());
        Fault some = read("{\"operation\":\"*\",\"error\":\"KeyUnavailableException\"}").getFirst();
        assertThat(some.operations()).contains("Encrypt", "Decrypt").doesNotContain("ListKeys");
        assertThat(
                        read(
                                "[{\"operation\":\"*\",\"latency\":1},{\"operation\":\"Sign\",\"latency\":1}]"))
                .hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(ServiceName.class)
    void everyErrorOfEveryOperationCanBeMade(ServiceName service) {
        assertThat(service.operations()).isNotEmpty();
        for (String operation : service.operations()) {
            assertThat(service.errorsOf(operation)).as(operation).isNotEmpty();
            for (String code : service.errorsOf(operation)) {
                ServiceException error =
                        new Fault(
                                        service,
                                        Set.of(operation),
                                        false,
                                        code,
                                        "said",
                                        Duration.ZERO,
                                        false,
                                        1,
                                        1,
                                        0)
                                .answer();
                assertThat(Objects.requireNonNull(error).code()).isEqualTo(code);
                assertThat(error.getMessage()).isEqualTo("said");
                assertThat(error.httpStatus()).isBetween(400, 599);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {}                                                         | What is to happen is not said
            []                                                         | No fault is asked for
            {"operation":"Encrypt"}                                    | What is to happen is not said
            {"error":"ThrottlingException"}                            | "operation" is not said
            {"operation":"Encrpyt","latency":1}                        | There is no operation "Encrpyt" of kms
            {"operation":"encrypt","latency":1}                        | There is no operation "encrypt" of kms
            {"operation":"CreateUser","latency":1}                     | need "service"
            {"operation":["Encrypt","*"],"latency":1}                  | There is no operation "*"
            {"operation":[1],"latency":1}                              | a string, or an array of strings
            {"operation":7,"latency":1}                                | a string, or an array of strings
            {"service":"s3","operation":"*","latency":1}               | kms, iam or sts
            {"operation":"Encrypt","error":"Throttled"}                | Encrypt does not answer with "Throttled". It may answer with: NotFoundException
            {"operation":["Encrypt","ListKeys"],"error":"DisabledException"} | ListKeys does not answer with
            {"operation":"*","error":"NoSuchEntity"}                   | No operation of kms answers with
            {"operation":"Encrypt","error":5}                          | "error" is to be a string
            {"operation":"Encrypt","error":"DisabledException","timeout":true} | exclude each other
            {"operation":"Encrypt","timeout":"yes"}                    | true or false
            {"operation":"Encrypt","timeout":false}                    | What is to happen is not said
            {"operation":"Encrypt","latency":-1}                       | a whole number from 0 to 60000
            {"operation":"Encrypt","latency":60001}                    | a whole number from 0 to 60000
            {"operation":"Encrypt","latency":1.5}                      | a whole number from 0 to 60000
            {"operation":"Encrypt","latency":1e99999}                  | a whole number from 0 to 60000
            {"operation":"Encrypt","latency":"1"}                      | a whole number from 0 to 60000
            {"operation":"Encrypt","latency":1,"count":0}              | a whole number from 1 to
            {"operation":"Encrypt","latency":1,"share":0}              | more than 0 and at most 1
            {"operation":"Encrypt","latency":1,"share":1.1}            | more than 0 and at most 1
            {"operation":"Encrypt","latency":1,"seed":1}               | "seed" goes with "share"
            {"operation":"Encrypt","latency":1,"message":"x"}          | "message" goes with "error"
            {"operation":"Encrypt","latency":1,"shares":1}             | There is no member "shares"
            {"operation":"Encrypt","latency":1,"latency":2}            | has a member twice
            {"operation":"Encrypt","latency":null}                     | null means nothing here
            [[{"operation":"Encrypt","latency":1}]]                    | an array of objects
            "Encrypt"                                                  | an array of objects
            """)
    void whatIsMeantIsSaid(String asked, String words) {
        assertThatThrownBy(() -> read(asked))
                .isInstanceOf(WrongAsked.class)
                .hasMessageContaining(words);
    }

    private static List<Fault> read(String asked) throws WrongAsked {
        byte[] body = asked.getBytes(UTF_8);
        return READER.read(JsonMembers.ofObjects(body, body.length));
    }
}
