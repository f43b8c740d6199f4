package trent.api;

import static java.nio.charset.StandardCharsets.UTF_16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are not one JSON object of the right types. */
class SerializationTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "null",
                "true",
                "7",
                "\"x\"",
                "{\"KeyId\":\"k\",}",
                "{,}",
                "{} {}",
                "{}x",
                "{}]",
                "{'KeyId':'k'}",
                "{KeyId:\"k\"}",
                "{\"KeyId\":\"k\"",
                "{\"KeyId\":\"k",
                "{\"KeyId\":}",
                "{\"KeyId\":NaN}",
                "{\"KeyId\":01}",
                "/**/{}",
                "{\"KeyId\":\"a\tb\"}",
                "\uFEFF{}"
            })
    void whatIsNotOneJsonObjectHasNoText(String body) {
        assertThat(Requests.errorText(SerializationException.class, "DescribeKey", body)).isEmpty();
    }

    @Test
    void anotherEncodingIsNotGuessed() {
        byte[] body = "{\"KeyId\":\"k\"}".getBytes(UTF_16);
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> KmsOperation.DESCRIBE_KEY.read(body, 0, body.length));
    }

    @Test
    void bytesThatAreNotUtf8HaveNoText() {
        byte[] body = {'{', '"', 'K', 'e', 'y', 'I', 'd', '"', ':', '"', (byte) 0xff, '"', '}'};
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> KmsOperation.DESCRIBE_KEY.read(body, 0, body.length))
                .satisfies(thrown -> assertThat(thrown.getMessage()).isNull());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            ListKeys      | {"Limit":"1"}                         | STRING_VALUE can not be converted to an Integer
            ListKeys      | {"Limit":true}                        | TRUE_VALUE can not be converted to an Integer
            ListKeys      | {"Limit":false}                       | FALSE_VALUE can not be converted to an Integer
            ListKeys      | {"Limit":[]}                          | Start of list found where not expected
            ListKeys      | {"Limit":{}}                          | Start of structure or map found where not expected.
            DescribeKey   | []                                    | Start of list found where not expected
            DescribeKey   | [{}]                                  | Start of list found where not expected
            DescribeKey   | {"KeyId":1}                           | NUMBER_VALUE can not be converted to a String
            DescribeKey   | {"KeyId":1.5}                         | NUMBER_VALUE can not be converted to a String
            DescribeKey   | {"KeyId":true}                        | TRUE_VALUE can not be converted to a String
            DescribeKey   | {"KeyId":false}                       | FALSE_VALUE can not be converted to a String
            DescribeKey   | {"KeyId":["k"]}                       | Start of list found where not expected
            DescribeKey   | {"KeyId":{}}                          | Start of structure or map found where not expected.
            DescribeKey   | {"GrantTokens":"t"}                   | Expected list or null
            DescribeKey   | {"GrantTokens":1}                     | Expected list or null
            DescribeKey   | {"GrantTokens":{}}                    | Start of structure or map found where not expected.
            DescribeKey   | {"GrantTokens":[1]}                   | NUMBER_VALUE can not be converted to a String
            DescribeKey   | {"GrantTokens":[[]]}                  | Start of list found where not expected
            Encrypt       | {"EncryptionContext":"c"}             | Expected null
            Encrypt       | {"EncryptionContext":1}               | Expected null
            Encrypt       | {"EncryptionContext":[]}              | Start of list found where not expected
            Encrypt       | {"EncryptionContext":{"a":1}}         | NUMBER_VALUE can not be converted to a String
            Encrypt       | {"Plaintext":1}                       | NUMBER_VALUE can not be converted to a String
            Encrypt       | {"Plaintext":[]}                      | Start of list found where not expected
            Encrypt       | {"Plaintext":{}}                      | Start of structure or map found where not expected.
            Encrypt       | {"DryRun":"true"}                     | STRING_VALUE can not be converted to a Boolean
            Encrypt       | {"DryRun":1}                          | NUMBER_VALUE can not be converted to a Boolean
            Encrypt       | {"EncryptionAlgorithm":1}             | NUMBER_VALUE can not be converted to a String
            Decrypt       | {"Recipient":"r"}                     | Expected null
            Decrypt       | {"Recipient":[]}                      | Start of list found where not expected
            TagResource   | {"Tags":{}}                           | Start of structure or map found where not expected.
            TagResource   | {"Tags":["t"]}                        | Expected null
            TagResource   | {"Tags":[{"TagKey":1}]}               | NUMBER_VALUE can not be converted to a String
            ImportKeyMaterial | {"ValidTo":"2026-01-01"}          | STRING_VALUE can not be converted to milliseconds since epoch
            ImportKeyMaterial | {"ValidTo":true}                  | TRUE_VALUE can not be converted to milliseconds since epoch
            """)
    void aWrongTypeHasAwssWords(String operation, String body, String text) {
        assertThat(Requests.errorText(SerializationException.class, operation, body))
                .isEqualTo(text);
    }

    @Test
    void aWrongTypeGoesBeforeEveryViolation() {
        assertThat(
                        Requests.errorText(
                                SerializationException.class,
                                "Sign",
                                "{\"KeyId\":\"\",\"SigningAlgorithm\":\"X\",\"DryRun\":1}"))
                .isEqualTo("NUMBER_VALUE can not be converted to a Boolean");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            QQ==  | 1
            QUI=  | 2
            QUJD  | 3
            +/+/  | 3
            QQ    |
            QQ=   |
            QQ=== |
            =QQ=  |
            Q=Q=  |
            ====  |
            -_-_  |
            QU JD |
            QUJDé |
            é===  |
            """)
    void aBlobIsBase64WithItsPadding(String text, @Nullable Integer size) {
        String body = "{\"KeyId\":\"k\",\"Plaintext\":\"" + text + "\"}";
        if (size == null) {
            assertThat(Requests.errorText(SerializationException.class, "Encrypt", body)).isEmpty();
        } else {
            assertThat(Requests.read(KmsOperation.ENCRYPT, body).plaintext().size())
                    .isEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"KeyId\":\"\\ud800\"}",
                "{\"KeyId\":\"\\udc00\\ud800\"}",
                "{\"KeyId\":\"a\\ud83d\"}",
                "{\"KeyId\":\"k\",\"GrantTokens\":[\"\\udfff\"]}"
            })
    void halfASurrogatePairIsNoText(String body) {
        assertThat(Requests.errorText(SerializationException.class, "DescribeKey", body)).isEmpty();
    }

    @Test
    void halfASurrogatePairIsNoTextInAnEncryptionContextEither() {
        for (String pair : new String[] {"\"\\ud800\":\"v\"", "\"k\":\"\\ud800\""}) {
            String body =
                    "{\"KeyId\":\"k\",\"Plaintext\":\"QQ==\",\"EncryptionContext\":{" + pair + "}}";
            assertThat(Requests.errorText(SerializationException.class, "Encrypt", body)).isEmpty();
        }
    }

    @Test
    void depthIsBounded() {
        String deep = "{\"Unknown\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}";
        assertThat(Requests.errorText(SerializationException.class, "ListKeys", deep)).isEmpty();
    }
}
