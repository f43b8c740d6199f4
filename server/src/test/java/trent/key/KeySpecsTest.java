package trent.key;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import trent.api.DataKeyPairSpec;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeyAgreementAlgorithmSpec;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.MacAlgorithmSpec;
import trent.api.SigningAlgorithmSpec;
import trent.api.WrappingKeySpec;

/** The table of key specs against AWS's page, and against what was recorded of its replies. */
class KeySpecsTest {

    private static final String RSA_SIGNATURES =
            "RSASSA_PKCS1_V1_5_SHA_256 RSASSA_PKCS1_V1_5_SHA_384 RSASSA_PKCS1_V1_5_SHA_512"
                    + " RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 RSASSA_PSS_SHA_512";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            textBlock =
                    """
                    # spec               | type       | encryption                          | signing                            | mac          | agreement
                    SYMMETRIC_DEFAULT    | SYMMETRIC  | SYMMETRIC_DEFAULT                   | ''                                 | ''           | ''
                    HMAC_224             | HMAC       | ''                                  | ''                                 | HMAC_SHA_224 | ''
                    HMAC_256             | HMAC       | ''                                  | ''                                 | HMAC_SHA_256 | ''
                    HMAC_384             | HMAC       | ''                                  | ''                                 | HMAC_SHA_384 | ''
                    HMAC_512             | HMAC       | ''                                  | ''                                 | HMAC_SHA_512 | ''
                    RSA_2048             | ASYMMETRIC | RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 | RSA                                | ''           | ''
                    RSA_3072             | ASYMMETRIC | RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 | RSA                                | ''           | ''
                    RSA_4096             | ASYMMETRIC | RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 | RSA                                | ''           | ''
                    ECC_NIST_P256        | ASYMMETRIC | ''                                  | ECDSA_SHA_256                      | ''           | ECDH
                    ECC_NIST_P384        | ASYMMETRIC | ''                                  | ECDSA_SHA_384                      | ''           | ECDH
                    ECC_NIST_P521        | ASYMMETRIC | ''                                  | ECDSA_SHA_512                      | ''           | ECDH
                    ECC_SECG_P256K1      | ASYMMETRIC | ''                                  | ECDSA_SHA_256                      | ''           | ''
                    ECC_NIST_EDWARDS25519| ASYMMETRIC | ''                                  | ED25519_SHA_512 ED25519_PH_SHA_512 | ''           | ''
                    ML_DSA_44            | ASYMMETRIC | ''                                  | ML_DSA_SHAKE_256                   | ''           | ''
                    ML_DSA_65            | ASYMMETRIC | ''                                  | ML_DSA_SHAKE_256                   | ''           | ''
                    ML_DSA_87            | ASYMMETRIC | ''                                  | ML_DSA_SHAKE_256                   | ''           | ''
                    SM2                  | ASYMMETRIC | SM2PKE                              | SM2DSA                             | ''           | ECDH
                    """)
    void algorithmsInTheOrderInWhichTheyAreShown(
            String spec,
            KeyKind.Type type,
            String encryption,
            String signing,
            String mac,
            String agreement) {
        KeyKind kind = KeySpecs.of(known(spec));
        assertThat(kind.type()).isEqualTo(type);
        assertThat(words(kind.encryption(), EncryptionAlgorithmSpec::wire)).isEqualTo(encryption);
        assertThat(words(kind.signing(), SigningAlgorithmSpec::wire))
                .isEqualTo(signing.equals("RSA") ? RSA_SIGNATURES : signing);
        assertThat(words(kind.mac(), MacAlgorithmSpec::wire)).isEqualTo(mac);
        assertThat(words(kind.keyAgreement(), KeyAgreementAlgorithmSpec::wire))
                .isEqualTo(agreement);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SYMMETRIC_DEFAULT    | ENCRYPT_DECRYPT                           | yes
                    HMAC_224             | GENERATE_VERIFY_MAC                       | yes
                    RSA_3072             | ENCRYPT_DECRYPT SIGN_VERIFY               | yes
                    ECC_NIST_P384        | SIGN_VERIFY KEY_AGREEMENT                 | yes
                    ECC_SECG_P256K1      | SIGN_VERIFY                               | yes
                    ECC_NIST_EDWARDS25519| SIGN_VERIFY                               | yes
                    ML_DSA_65            | SIGN_VERIFY                               | no
                    SM2                  | ENCRYPT_DECRYPT SIGN_VERIFY KEY_AGREEMENT | yes
                    """)
    void usagesAndImport(String spec, String usages, String importable) {
        KeyKind kind = KeySpecs.of(known(spec));
        assertThat(words(kind.usages(), KeyUsageType::wire)).isEqualTo(usages);
        assertThat(kind.importable()).isEqualTo(importable.equals("yes"));
    }

    /** What AWS prints as the values of a member is what the rows of the table hold. */
    @Test
    void theRecordedSetsAreThoseOfTheTable() throws IOException {
        assertThat(printed("KeySpec")).isEqualTo(all(Set.of(KeySpec.values()), KeySpec::wire));
        assertThat(printed("EncryptionAlgorithmSpec"))
                .isEqualTo(held(KeyKind::encryption, EncryptionAlgorithmSpec::wire));
        assertThat(printed("SigningAlgorithmSpec"))
                .isEqualTo(held(KeyKind::signing, SigningAlgorithmSpec::wire));
        assertThat(printed("MacAlgorithmSpec"))
                .isEqualTo(held(KeyKind::mac, MacAlgorithmSpec::wire));
        assertThat(printed("KeyAgreementAlgorithmSpec"))
                .isEqualTo(held(KeyKind::keyAgreement, KeyAgreementAlgorithmSpec::wire));
    }

    @ParameterizedTest
    @EnumSource
    void everyDataKeyPairIsThePairOfAKeySpec(DataKeyPairSpec spec) {
        assertThat(KeySpecs.of(spec).wire()).isEqualTo(spec.wire());
        assertThat(KeySpecs.of(KeySpecs.of(spec)).asymmetric()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void everyWrappingKeyIsThePairOfAKeySpec(WrappingKeySpec spec) {
        assertThat(KeySpecs.of(spec).wire()).isEqualTo(spec.wire());
        assertThat(KeySpecs.of(KeySpecs.of(spec)).asymmetric()).isTrue();
    }

    private static KeySpec known(String spec) {
        return Stream.of(KeySpec.values())
                .filter(each -> each.wire().equals(spec))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> printed(String shape) throws IOException {
        Path recorded =
                Path.of(
                        System.getProperty("trent.home"),
                        "generator/src/main/resources/trent/generator/recorded.json");
        Set<String> values = new TreeSet<>();
        for (JsonNode entry : new ObjectMapper().readTree(recorded.toFile()).get("printed")) {
            if (entry.get("shapes").valueStream().anyMatch(node -> node.asText().equals(shape))) {
                entry.get("values").forEach(value -> values.add(value.asText()));
            }
        }
        return values;
    }

    private static <A> Set<String> held(
            Function<KeyKind, Collection<A>> algorithms, Function<A, String> wire) {
        return all(
                Arrays.stream(KeySpec.values())
                        .flatMap(spec -> algorithms.apply(KeySpecs.of(spec)).stream())
                        .toList(),
                wire);
    }

    private static <A> Set<String> all(Collection<A> values, Function<A, String> wire) {
        Set<String> all = new TreeSet<>();
        values.forEach(value -> all.add(wire.apply(value)));
        return all;
    }

    private static <A> String words(Collection<A> values, Function<A, String> wire) {
        return values.stream().map(wire).collect(joining(" "));
    }
}
