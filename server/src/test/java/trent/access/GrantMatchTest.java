package trent.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.access.GrantMatch.Wanted;
import trent.api.GrantOperation;
import trent.store.Grant;

/** What a grant gives its grantee, and what one of its grants may give on. */
class GrantMatchTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Decrypt     |               | Decrypt     |         | true
                    Decrypt     |               | Decrypt     | a=1     | true
                    Decrypt     |               | Encrypt     |         | false
                    Decrypt     | equals a=1    | Decrypt     | a=1     | true
                    Decrypt     | equals a=1    | Decrypt     | A=1     | true
                    Decrypt     | equals a=1    | Decrypt     | a=2     | false
                    Decrypt     | equals a=x    | Decrypt     | a=X     | false
                    Decrypt     | equals a=1    | Decrypt     | a=1,b=2 | false
                    Decrypt     | equals a=1    | Decrypt     |         | false
                    Decrypt     | equals a=1    | Decrypt     | a=1,A=1 | false
                    Decrypt     | equals        | Decrypt     |         | true
                    Decrypt     | equals        | Decrypt     | a=1     | false
                    Decrypt     | subset a=1    | Decrypt     | a=1     | true
                    Decrypt     | subset a=1    | Decrypt     | b=2,A=1 | true
                    Decrypt     | subset a=1    | Decrypt     | a=2     | false
                    Decrypt     | subset a=1    | Decrypt     |         | false
                    Decrypt     | subset a=1    | Decrypt     | a=2,A=1 | true
                    Decrypt     | subset a=1,b=2| Decrypt     | a=1     | false
                    DescribeKey | subset a=1    | DescribeKey |         | true
                    GetPublicKey| equals a=1    | GetPublicKey|         | true
                    RetireGrant | equals a=1    | RetireGrant |         | true
                    Sign        | equals a=1    | Sign        |         | false
                    """)
    void allows(
            String granted,
            @Nullable String constraint,
            String operation,
            @Nullable String context,
            boolean allowed) {
        Details details = new Details();
        if (context != null) {
            details.encryptionContext(pairs(context));
        }
        assertThat(GrantMatch.allows(grant(granted, constraint), operation(operation), details))
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    CreateGrant,Decrypt         |                | Decrypt             |                | true
                    CreateGrant,Decrypt         |                | CreateGrant,Decrypt |                | true
                    CreateGrant,Decrypt         |                | Encrypt             |                | false
                    CreateGrant,Decrypt         |                | Decrypt,Encrypt     |                | false
                    CreateGrant,Decrypt         |                | Decrypt             | subset a=1     | true
                    CreateGrant,Decrypt         |                | Decrypt             | equals a=1     | true
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             |                | false
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             | subset a=1     | true
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             | subset a=1,b=2 | true
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             | subset b=2     | false
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             | equals a=1     | true
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             | equals A=1,b=2 | true
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             | equals b=2     | false
                    CreateGrant,Decrypt         | equals a=1     | Decrypt             | equals a=1     | true
                    CreateGrant,Decrypt         | equals a=1     | Decrypt             | equals a=1,b=2 | false
                    CreateGrant,Decrypt         | equals a=1     | Decrypt             | subset a=1     | false
                    CreateGrant,Decrypt         | equals a=1     | Decrypt             |                | false
                    CreateGrant,Decrypt         | subset a=1     | Decrypt             | equals         | false
                    """)
    void mayCreateChild(
            String parentOperations,
            @Nullable String parentConstraint,
            String childOperations,
            @Nullable String childConstraint,
            boolean allowed) {
        Grant parent = grant(parentOperations, parentConstraint);
        Grant child = grant(childOperations, childConstraint);
        assertThat(
                        GrantMatch.mayCreateChild(
                                parent,
                                new Wanted(
                                        child.operations(),
                                        child.contextEquals(),
                                        child.contextSubset())))
                .isEqualTo(allowed);
        Details asked =
                new Details()
                        .grant(child.operations(), child.contextEquals(), child.contextSubset());
        assertThat(GrantMatch.allows(parent, GrantOperation.CREATE_GRANT, asked))
                .isEqualTo(allowed);
    }

    private static Grant grant(String operations, @Nullable String constraint) {
        String[] words = constraint == null ? new String[0] : constraint.split(" ", -1);
        Map<String, String> pairs =
                words.length == 0 ? null : words.length == 1 ? Map.of() : pairs(words[1]);
        boolean equal = words.length > 0 && words[0].equals("equals");
        return Scene.grant(
                "AIDAX",
                null,
                Scene.A,
                Stream.of(operations.split(",", -1)).map(GrantMatchTest::operation).toList(),
                equal ? pairs : null,
                equal ? null : pairs);
    }

    private static GrantOperation operation(String name) {
        return Objects.requireNonNull(GrantOperation.ofWire(name));
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : List.of(text.split(",", -1))) {
            pairs.put(pair.substring(0, 1), pair.substring(2));
        }
        return pairs;
    }
}
