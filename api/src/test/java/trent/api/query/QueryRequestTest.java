package trent.api.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.api.ServiceException;
import trent.api.iam.IamOperation;
import trent.api.iam.Tag;
import trent.api.sts.StsOperation;

/** Parameters in, records out. */
class QueryRequestTest {

    private static final String MIB = "a".repeat(1 << 20);

    @Property(tries = 2000)
    void whatIsWrittenIsRead(
            @ForAll("operations") QueryOperation<?, ?> operation, @ForAll long seed)
            throws ReflectiveOperationException {
        Random random = new Random(seed);
        ObjectNode request = QuerySamples.request(operation, random);
        String query = QuerySamples.query(request, random);
        Object read = operation.read(QuerySamples.parsed("Action=x&" + query + "&Unknown.1=y"));
        assertThat(Records.tree(read)).isEqualTo(Records.plain(request));
    }

    @Property(tries = 3000)
    void requestsWithChangedBytesNeverEscape(
            @ForAll("operations") QueryOperation<?, ?> operation,
            @ForAll long seed,
            @ForAll int[] changes) {
        Random random = new Random(seed);
        byte[] query =
                ("A=&" + QuerySamples.query(QuerySamples.request(operation, random), random))
                        .getBytes(UTF_8);
        for (int change : changes) {
            query[Math.floorMod(change >>> 8, query.length)] = (byte) change;
        }
        readOrRefuse(operation, query);
    }

    @Property(tries = 2000)
    void arbitraryBytesNeverEscape(
            @ForAll("operations") QueryOperation<?, ?> operation, @ForAll byte[] query) {
        readOrRefuse(operation, query);
    }

    @Property(tries = 3000)
    void arbitraryNamesNeverEscape(
            @ForAll("operations") QueryOperation<?, ?> operation,
            @ForAll("hostile") List<String> parameters) {
        readOrRefuse(operation, String.join("&", parameters).getBytes(UTF_8));
    }

    @Test
    void elementsComeInTheOrderOfTheirNumbersAndGapsVanish() {
        var request =
                IamOperation.TAG_USER.read(
                        QuerySamples.parsed(
                                "UserName=a&Tags.member.10.Key=c&Tags.member.2.Key=b&Tags.member.1.Value=x"
                                        + "&Tags.member.1.Key=a&Tags.member.2.Value=y&Tags.member.10.Value="));
        assertThat(request.tags())
                .containsExactly(new Tag("a", "x"), new Tag("b", "y"), new Tag("c", ""));
    }

    @Test
    void anEmptyListIsNotAnAbsentOne() {
        assertThat(
                        IamOperation.UNTAG_USER
                                .read(QuerySamples.parsed("UserName=a&TagKeys="))
                                .tagKeys())
                .isEmpty();
        assertThat(refusal(IamOperation.UNTAG_USER, "UserName=a").getMessage())
                .isEqualTo(
                        "1 validation error detected: Value null at 'tagKeys' failed to satisfy "
                                + "constraint: Member must not be null");
    }

    @Test
    void ofAParameterGivenTwiceTheLastCounts() {
        assertThat(QueryIn.of("A=1&A=2".getBytes(UTF_8), "B=1&A=3".getBytes(UTF_8)).string("A"))
                .isEqualTo("3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ListUsers  | MaxItems=x                     | MalformedInput       | STRING_VALUE can not be converted to an Integer
            ListUsers  | MaxItems=                      | MalformedInput       | STRING_VALUE can not be converted to an Integer
            ListUsers  | MaxItems=-                     | MalformedInput       | STRING_VALUE can not be converted to an Integer
            ListUsers  | MaxItems=1.5                   | MalformedInput       | STRING_VALUE can not be converted to an Integer
            ListPolicies | OnlyAttached=yes             | MalformedInput       | boolean must follow xsd1.1 definition
            TagUser    | UserName=a&Tags=b              | MalformedInput       | Unexpected list element termination
            TagUser    | UserName=a&Tags.member.x.Key=b | MalformedInput       | Invalid list element index
            TagUser    | UserName=a&Tags.member.0.Key=b | MalformedInput       | Invalid list element index
            TagUser    | UserName=a&Tags.member.01.Key=b | MalformedInput      | Invalid list element index
            TagUser    | UserName=a&Tags.member..Key=b  | MalformedInput       | Invalid list element index
            TagUser    | UserName=a&Tags.member.1234567890.Key=b | MalformedInput | Invalid list element index
            UntagUser  | UserName=a&TagKeys.member.1.a=b | MalformedInput      | Unexpected complex element termination
            ListUsers  | PathPrefix=%zz                 | MalformedQueryString | The query string contains a syntax error.
            ListUsers  | PathPrefix=%4                  | MalformedQueryString | The query string contains a syntax error.
            ListUsers  | PathPrefix=%ff                 | MalformedQueryString | The query string contains a syntax error.
            ListUsers  | PathPrefix=%c0%80              | MalformedQueryString | The query string contains a syntax error.
            """)
    void whatIsNotOfItsTypeIsNamed(String operation, String query, String code, String text) {
        ServiceException refusal = refusal(operation(operation), query);
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal).hasMessage(text);
        assertThat(refusal.senderFault()).isTrue();
    }

    /** IAM tells neither the value nor the words of an enumeration; STS tells both. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            CreateUser      | UserName=a%20b           | 1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+
            CreateUser      | UserName=                | 2 validation errors detected: Value at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+
            CreateUser      | UserName=a&Tags.member.1.Key=%28&Tags.member.1.Value=v | 1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+
            CreateUser      | UserName=a&Tags.member.7.Key=k | 1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null
            UpdateAccessKey | AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=on | 1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set
            ListUsers       | MaxItems=0               | 1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1
            ListUsers       | MaxItems=99999999999999999999 | 1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000
            UntagUser       | UserName=a&TagKeys.member.1=%28 | 1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]
            GetOpenIDConnectProvider |                 | 1 validation error detected: Value null at 'openIDConnectProviderArn' failed to satisfy constraint: Member must not be null
            AssumeRole      | RoleArn=arn:aws:iam::1:role/a&RoleSessionName=a%20b | 1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*
            AssumeRole      | RoleSessionName=ab&DurationSeconds=1&RoleArn=arn:aws:iam::1:role/a | 1 validation error detected: Value '1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900
            AssumeRoleWithWebIdentity | RoleSessionName=ab&WebIdentityToken=a&RoleArn=arn:aws:iam::1:role/a | 1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4
            """)
    void violationsHaveAwssWords(String operation, String query, String text) {
        ServiceException refusal = refusal(operation(operation), query == null ? "" : query);
        assertThat(refusal).isInstanceOf(ValidationError.class).hasMessage(text);
    }

    @Test
    void parametersAreCounted() {
        String query = "a=&".repeat(QueryIn.MAX_PARAMETERS);
        assertThat(QuerySamples.parsed(query).string("a")).isEmpty();
        assertThatExceptionOfType(MalformedInput.class)
                .isThrownBy(() -> QuerySamples.parsed(query + "a="));
    }

    @Test
    void elementsAreCounted() {
        StringBuilder query = new StringBuilder();
        for (int i = 1; i <= QueryIn.MAX_LIST_ELEMENTS; i++) {
            query.append("A.member.").append(i).append("=&");
        }
        assertThat(QuerySamples.parsed(query.toString()).strings("A"))
                .hasSize(QueryIn.MAX_LIST_ELEMENTS);
        query.append("A.member.5000=");
        assertThatExceptionOfType(ValidationError.class)
                .isThrownBy(() -> QuerySamples.parsed(query.toString()).strings("A"));
    }

    /** Patterns that repeat a group take stack for each round: a long text must not meet them. */
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            CreatePolicy,        Path,           /a
            CreateUser,          Path,           /a
            CreateUser,          UserName,       a
            ListPolicies,        PathPrefix,     /a
            CreatePolicyVersion, PolicyDocument, a
            GetPolicyVersion,    VersionId,      v1
            AssumeRole,          Policy,         a
            AssumeRole,          RoleArn,        a
            """)
    void aTextOfAMebibyteIsRefusedInWords(String operation, String member, String piece) {
        String text = piece.repeat(MIB.length() / piece.length());
        assertThat(refusal(operation(operation), member + "=" + text))
                .isInstanceOf(ValidationError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.", ".", "Tags.member.1.", "Tags.member.1.Key.", "%2E", "+", "="})
    void aLongNameIsNobodys(String piece) {
        String name = piece.repeat(MIB.length() / piece.length());
        readOrRefuse(IamOperation.TAG_USER, (name + "=x").getBytes(UTF_8));
        readOrRefuse(StsOperation.ASSUME_ROLE, name.getBytes(UTF_8));
    }

    @Provide
    Arbitrary<QueryOperation<?, ?>> operations() {
        return Arbitraries.of(QuerySamples.operations());
    }

    @Provide
    Arbitrary<List<String>> hostile() {
        Arbitrary<String> pieces =
                Arbitraries.of(
                        "Tags",
                        "TagKeys",
                        "member",
                        "1",
                        "2",
                        "0",
                        "-1",
                        "99999999999",
                        "",
                        "Key",
                        "Value",
                        "ContextEntries",
                        "ContextKeyValues",
                        "entry",
                        "PolicyArns",
                        "arn",
                        "MaxItems",
                        "%00",
                        "%",
                        "é");
        Arbitrary<String> names = pieces.list().ofMaxSize(6).map(parts -> String.join(".", parts));
        return names.flatMap(name -> pieces.map(value -> name + "=" + value)).list().ofMaxSize(12);
    }

    private static QueryOperation<?, ?> operation(String name) {
        QueryOperation<?, ?> iam = IamOperation.byName(name);
        return iam != null ? iam : Objects.requireNonNull(StsOperation.byName(name));
    }

    private static ServiceException refusal(QueryOperation<?, ?> operation, String query) {
        ServiceException refusal =
                catchThrowableOfType(
                        ServiceException.class, () -> operation.read(QuerySamples.parsed(query)));
        return Objects.requireNonNull(refusal, "not refused");
    }

    private static void readOrRefuse(QueryOperation<?, ?> operation, byte[] query) {
        try {
            Objects.requireNonNull(operation.read(QueryIn.of(query)));
        } catch (ServiceException refusal) {
            assertThat(refusal.senderFault()).isTrue();
        }
    }
}
