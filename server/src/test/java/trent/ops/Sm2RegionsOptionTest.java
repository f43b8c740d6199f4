package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.key.Sm2Regions;
import trent.name.Region;

/** The Regions of SM2 as an operator writes them. */
class Sm2RegionsOptionTest {

    @Test
    void whatIsNotSaidIsAsAtAws() {
        assertThat(Sm2RegionsOption.read(List.of())).isEqualTo(Sm2Regions.CHINA);
        assertThat(Sm2RegionsOption.read(List.of("us-east-2", "my-own", "us-east-2")))
                .isEqualTo(
                        new Sm2Regions(
                                false, Set.of(new Region("us-east-2"), new Region("my-own"))));
        assertThat(Sm2RegionsOption.read(List.of("all"))).isEqualTo(new Sm2Regions(true, Set.of()));
        assertThat(Sm2RegionsOption.read(List.of("us-east-2", "all")).everywhere()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ALL", "us east", " us-east-2", "us_east_2", "US-EAST-2"})
    void mistakesAreNamed(String written) {
        assertThatThrownBy(() -> Sm2RegionsOption.read(List.of(written)))
                .hasMessage(
                        "--sm2-regions takes Regions, such as eu-central-1, or all, not \"%s\"."
                                .formatted(written));
    }
}
