package trent.name;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionsTest {

    @ParameterizedTest
    @CsvSource({
        "us-east-1, true",
        "ap-southeast-7, true",
        "mx-central-1, true",
        "cn-northwest-1, true",
        "us-gov-east-1, true",
        "us-isof-south-1, true",
        "eusc-de-east-1, true",
        // not listed, and may have been opened since
        "us-east-3, true",
        "eu-west-5, true",
        "sa-west-1, true",
        "eusc-de-west-1, true",
        // no such thing
        "us-east-5, false",
        "us-east-99, false",
        "us-east-0, false",
        "us-east, false",
        "us-nowhere-1, false",
        "xx-east-1, false",
        "eu-south-north-1, false",
        "us-gov-moon-1, false",
        "local, false"
    })
    void aRegionIsListedOrTheNextOfItsSeries(String region, boolean mayExist) {
        assertThat(Regions.mayExist(new Region(region))).isEqualTo(mayExist);
    }
}
