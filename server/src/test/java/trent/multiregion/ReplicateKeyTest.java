package trent.multiregion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.House.Caller;
import trent.api.KmsOperation;

/** Where a replica may be made. */
class ReplicateKeyTest {

    private static final String ONE_EACH =
            "AlreadyExistsException: You can create only one replica of each primary key in each AWS Region.";

    private final House house = new House();
    private final Caller caller = house.caller();
    private final String key =
            Objects.requireNonNull(
                            caller.ask(KmsOperation.CREATE_KEY, "MultiRegion", true).keyMetadata())
                    .keyId();

    @AfterEach
    void close() {
        house.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            eu-west-1      | ok
            us-east-3      | ok
            us-nowhere-1   | ValidationException: There is no AWS Region us-nowhere-1.
            us-east-99     | ValidationException: There is no AWS Region us-east-99.
            xx-east-1      | ValidationException: There is no AWS Region xx-east-1.
            cn-north-1     | ValidationException: ReplicaRegion must be in the partition of the primary key.
            """)
    void regions(String region, String expected) {
        assertThat(replicate(region)).isEqualTo(expected);
    }

    @Test
    void eachRegionHasOne() {
        assertThat(replicate("eu-west-1")).isEqualTo(House.OK);
        assertThat(replicate("eu-west-1")).isEqualTo(ONE_EACH);
        assertThat(replicate(House.REGION.value())).as("the primary's own").isEqualTo(ONE_EACH);
    }

    private String replicate(String region) {
        return caller.tried("ReplicateKey", "KeyId", key, "ReplicaRegion", region);
    }
}
