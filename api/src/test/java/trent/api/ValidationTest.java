package trent.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Constraints of members, in AWS's words: the service model and recorded replies. */
class ValidationTest {

    private static final String FAILED = " failed to satisfy constraint: ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            DescribeKey | {}                                 | Value null at 'keyId' | Member must not be null
            DescribeKey | {"KeyId":null}                     | Value null at 'keyId' | Member must not be null
            DescribeKey | {"KeyId":"k","KeyId":null}         | Value null at 'keyId' | Member must not be null
            DescribeKey | {"KeyId":"é"}                      | Value 'é' at 'keyId' | Member must satisfy regular expression pattern: ^\\p{ASCII}+$
            TagResource | {"KeyId":"k"}                      | Value null at 'tags' | Member must not be null
            TagResource | {"KeyId":"k","Tags":[{"TagKey":"a"}]} | Value null at 'tags.1.member.tagValue' | Member must not be null
            TagResource | {"KeyId":"k","Tags":[{"TagKey":"a","TagValue":""},null,{"TagKey":"","TagValue":"b"}]} | Value '' at 'tags.2.member.tagKey' | Member must have length greater than or equal to 1
            UntagResource | {"KeyId":"k","TagKeys":["a",""]} | Value '[a, ]' at 'tagKeys' | Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]
            CreateGrant | {"KeyId":"k","GranteePrincipal":"p"} | Value null at 'operations' | Member must not be null
            CreateGrant | {"KeyId":"k","GranteePrincipal":"p","Operations":["Encrypt","encrypt"]} | Value '[Encrypt, encrypt]' at 'operations' | Member must satisfy constraint: [Member must satisfy enum value set: [Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, ReEncryptFrom, ReEncryptTo, Sign, Verify, GetPublicKey, CreateGrant, RetireGrant, DescribeKey, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, GenerateMac, VerifyMac, DeriveSharedSecret]]
            DescribeKey | {"KeyId":"k","GrantTokens":["1","2","3","4","5","6","7","8","9","10","11"]} | Value '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]' at 'grantTokens' | Member must have length less than or equal to 10
            Encrypt     | {"KeyId":"k"}                      | Value at 'plaintext' | Member must not be null
            Encrypt     | {"KeyId":"k","Plaintext":""}       | Value at 'plaintext' | Member must have length greater than or equal to 1
            Sign        | {"KeyId":"k","SigningAlgorithm":"SM2DSA"} | Value at 'message' | Member must not be null
            Verify      | {"KeyId":"k","SigningAlgorithm":"SM2DSA","Message":"QQ=="} | Value null at 'signature' | Member must not be null
            VerifyMac   | {"KeyId":"k","MacAlgorithm":"HMAC_SHA_256","Message":"QQ=="} | Value null at 'mac' | Member must not be null
            Decrypt     | {}                                 | Value null at 'ciphertextBlob' | Member must not be null
            Decrypt     | {"CiphertextBlob":""}              | Value at 'ciphertextBlob' | Member must have length greater than or equal to 1
            Decrypt     | {"DryRunModifiers":["IGNORE_CIPHERTEXT"],"KeyId":"k"} | Value null at 'ciphertextBlob' | Member must not be null
            Decrypt     | {"DryRun":true,"KeyId":"k"}        | Value null at 'ciphertextBlob' | Member must not be null
            Decrypt     | {"DryRun":true,"DryRunModifiers":["IGNORE_CIPHERTEXT"]} | Value null at 'keyId' | Member must not be null
            Decrypt     | {"CiphertextBlob":"QQ==","Recipient":{"KeyEncryptionAlgorithm":"X"}} | Value 'X' at 'recipient.keyEncryptionAlgorithm' | Member must satisfy enum value set: [RSAES_OAEP_SHA_256]
            Decrypt     | {"CiphertextBlob":"QQ==","DryRunModifiers":["X"]} | Value '[X]' at 'dryRunModifiers' | Member must satisfy constraint: [Member must satisfy enum value set: [IGNORE_CIPHERTEXT]]
            ReEncrypt   | {"DestinationKeyId":"k"}           | Value null at 'ciphertextBlob' | Member must not be null
            ReEncrypt   | {"DestinationKeyId":"k","DryRun":true,"DryRunModifiers":["IGNORE_CIPHERTEXT"]} | Value null at 'sourceKeyId' | Member must not be null
            GenerateRandom | {"NumberOfBytes":0}             | Value '0' at 'numberOfBytes' | Member must have value greater than or equal to 1
            GenerateRandom | {"NumberOfBytes":1025}          | Value '1025' at 'numberOfBytes' | Member must have value less than or equal to 1024
            GenerateRandom | {"NumberOfBytes":0.9}           | Value '0' at 'numberOfBytes' | Member must have value greater than or equal to 1
            GenerateRandom | {"NumberOfBytes":4294967297}    | Value '4294967297' at 'numberOfBytes' | Member must have value less than or equal to 1024
            GenerateRandom | {"NumberOfBytes":-99999999999999999999} | Value '-9223372036854775808' at 'numberOfBytes' | Member must have value greater than or equal to 1
            GenerateRandom | {"NumberOfBytes":1e400}         | Value '9223372036854775807' at 'numberOfBytes' | Member must have value less than or equal to 1024
            EnableKeyRotation | {"KeyId":"k","RotationPeriodInDays":89} | Value '89' at 'rotationPeriodInDays' | Member must have value greater than or equal to 90
            EnableKeyRotation | {"KeyId":"k","RotationPeriodInDays":2561} | Value '2561' at 'rotationPeriodInDays' | Member must have value less than or equal to 2560
            ListAliases | {"Limit":101}                      | Value '101' at 'limit' | Member must have value less than or equal to 100
            ListGrants  | {"KeyId":"k","Limit":101}          | Value '101' at 'limit' | Member must have value less than or equal to 100
            ListRetirableGrants | {"RetiringPrincipal":"k","Limit":101} | Value '101' at 'limit' | Member must have value less than or equal to 100
            ListResourceTags | {"KeyId":"k","Limit":51}      | Value '51' at 'limit' | Member must have value less than or equal to 50
            ListKeys    | {"Limit":1001}                     | Value '1001' at 'limit' | Member must have value less than or equal to 1000
            GetKeyPolicy | {"KeyId":"k","PolicyName":"a-b"}  | Value 'a-b' at 'policyName' | Member must satisfy regular expression pattern: [\\w]+
            CreateAlias | {"AliasName":"a b","TargetKeyId":"k"} | Value 'a b' at 'aliasName' | Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$
            CreateAlias | {"AliasName":"a\\n","TargetKeyId":"k"} | `Value 'a
            ' at 'aliasName'` | Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$
            CreateAlias | {"AliasName":"a","TargetKeyId":"ключ"} | Value 'ключ' at 'targetKeyId' | Member must satisfy regular expression pattern: ^\\p{ASCII}+$
            CreateKey   | {"KeySpec":"AES_256"} | Value 'AES_256' at 'keySpec' | Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, ECC_NIST_EDWARDS25519, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87]
            GenerateDataKey | {"KeyId":"k","KeySpec":"AES_512"} | Value 'AES_512' at 'keySpec' | Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, ECC_NIST_EDWARDS25519, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87]
            GenerateDataKey | {"KeyId":"k","KeySpec":"RSA_2048"} | Value 'RSA_2048' at 'keySpec' | Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, ECC_NIST_EDWARDS25519, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87]
            Sign        | {"KeyId":"k","Message":"QQ==","SigningAlgorithm":"RSAES_OAEP_SHA_1"} | Value 'RSAES_OAEP_SHA_1' at 'signingAlgorithm' | Member must satisfy enum value set: [RSASSA_PSS_SHA_256, RSASSA_PSS_SHA_384, RSASSA_PSS_SHA_512, RSASSA_PKCS1_V1_5_SHA_256, RSASSA_PKCS1_V1_5_SHA_384, RSASSA_PKCS1_V1_5_SHA_512, ECDSA_SHA_256, ECDSA_SHA_384, ECDSA_SHA_512, ED25519_SHA_512, ED25519_PH_SHA_512, SM2DSA, ML_DSA_SHAKE_256]
            Sign        | {"KeyId":"k","Message":"QQ==","SigningAlgorithm":"SM2DSA","MessageType":"raw"} | Value 'raw' at 'messageType' | Member must satisfy enum value set: [RAW, DIGEST, EXTERNAL_MU]
            Encrypt     | {"KeyId":"k","Plaintext":"QQ==","EncryptionAlgorithm":""} | Value '' at 'encryptionAlgorithm' | Member must satisfy enum value set: [RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE, SYMMETRIC_DEFAULT]
            GenerateMac | {"KeyId":"k","Message":"QQ==","MacAlgorithm":"X"} | Value 'X' at 'macAlgorithm' | Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]
            DeriveSharedSecret | {"KeyId":"k","PublicKey":"QQ==","KeyAgreementAlgorithm":"X"} | Value 'X' at 'keyAgreementAlgorithm' | Member must satisfy enum value set: [ECDH]
            CreateKey   | {"KeyUsage":"X"} | Value 'X' at 'keyUsage' | Member must satisfy enum value set: [SIGN_VERIFY, ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC, KEY_AGREEMENT]
            """)
    void oneViolation(String operation, String body, String subject, String constraint) {
        assertThat(Requests.errorText(ValidationException.class, operation, body))
                .isEqualTo("1 validation error detected: " + subject + FAILED + constraint);
    }

    @Test
    void anEmptyKeyIdViolatesLengthThenPattern() {
        assertThat(Requests.errorText(ValidationException.class, "DescribeKey", "{\"KeyId\":\"\"}"))
                .isEqualTo(
                        "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must"
                                + " have length greater than or equal to 1; Value '' at 'keyId' failed to satisfy constraint:"
                                + " Member must satisfy regular expression pattern: ^\\p{ASCII}+$");
    }

    @Test
    void membersComeInTheModelsOrderWhateverTheRequestsOrder() {
        assertThat(
                        Requests.errorText(
                                ValidationException.class,
                                "CreateKey",
                                """
                        {"XksKeyId":"", "Tags":[{"TagValue":"v"},{"TagKey":"k"}], "Origin":"O", "KeySpec":"S", "Policy":""}
                        """))
                .startsWith("8 validation errors detected: Value '' at 'policy'")
                .containsSubsequence(
                        "Value '' at 'policy'"
                                + FAILED
                                + "Member must have length greater than or equal to 1; ",
                        "Value '' at 'policy'"
                                + FAILED
                                + "Member must satisfy regular expression pattern: "
                                + "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+; ",
                        "Value 'S' at 'keySpec'",
                        "Value 'O' at 'origin'"
                                + FAILED
                                + "Member must satisfy enum value set: [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE]; ",
                        "Value null at 'tags.1.member.tagKey'",
                        "Value null at 'tags.2.member.tagValue'",
                        "Value '' at 'xksKeyId'",
                        "Value '' at 'xksKeyId'");
    }

    @Test
    void aLimitIsTheModelsFirstMemberOfListGrants() {
        assertThat(Requests.errorText(ValidationException.class, "ListGrants", "{\"Limit\":0}"))
                .isEqualTo(
                        "2 validation errors detected: Value '0' at 'limit'"
                                + FAILED
                                + "Member must have value greater than or equal to 1; Value null at 'keyId'"
                                + FAILED
                                + "Member must not be null");
    }

    @Test
    void aSecretIsNeverPrinted() {
        assertThat(
                        Requests.errorText(
                                ValidationException.class,
                                "CreateCustomKeyStore",
                                """
                        {"CustomKeyStoreName":"n", "KeyStorePassword":"hunter",
                         "XksProxyAuthenticationCredential":{"AccessKeyId":"hunter"}}
                        """))
                .isEqualTo(
                        "4 validation errors detected: Value at 'keyStorePassword'"
                                + FAILED
                                + "Member must have length greater than or equal to 7; "
                                + "Value at 'xksProxyAuthenticationCredential.accessKeyId'"
                                + FAILED
                                + "Member must have length greater than or equal to 20; "
                                + "Value at 'xksProxyAuthenticationCredential.accessKeyId'"
                                + FAILED
                                + "Member must satisfy regular expression pattern: ^[A-Z2-7]+$; "
                                + "Value at 'xksProxyAuthenticationCredential.rawSecretAccessKey'"
                                + FAILED
                                + "Member must not be null");
    }

    @Test
    void ofADuplicateTheLastCounts() {
        assertThat(
                        Requests.read(
                                        KmsOperation.CREATE_KEY,
                                        "{\"Tags\":[{}],\"KeySpec\":\"X\",\"KeySpec\":\"SM2\",\"Tags\":null}")
                                .keySpec())
                .isEqualTo(KeySpec.SM2);
    }

    @Test
    void lengthsAtTheirBoundsPass() {
        String longest = "k".repeat(2048);
        assertThat(
                        Requests.read(KmsOperation.DESCRIBE_KEY, "{\"KeyId\":\"" + longest + "\"}")
                                .keyId())
                .isEqualTo(longest);
        assertThat(
                        Requests.errorText(
                                ValidationException.class,
                                "DescribeKey",
                                "{\"KeyId\":\"" + longest + "k\"}"))
                .endsWith(
                        "at 'keyId'"
                                + FAILED
                                + "Member must have length less than or equal to 2048");
    }

    @Test
    void aShortRequestBuysNoLongReply() {
        String tags = "{},".repeat(100_000) + "{}";
        String text =
                Requests.errorText(
                        ValidationException.class,
                        "TagResource",
                        "{\"KeyId\":\"k\",\"Tags\":[" + tags + "]}");
        assertThat(text).startsWith("200002 validation errors detected: ").hasSizeLessThan(20_000);
    }
}
