package trent.imported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.ServiceUnavailable;
import trent.key.LongWork;
import trent.store.Key;
import trent.work.Lanes;

/** A private key that was unwrapped and then found no lane to be checked in. */
class RefusedCheckTest {

    @Test
    void whatIsNotCheckedIsWiped() {
        Lanes lanes = new Lanes(1);
        lanes.stop(Duration.ZERO); // takes nothing from now on
        try (House house = new House()) {
            House.Caller caller = house.caller();
            Key key =
                    Objects.requireNonNull(
                            house.store()
                                    .key(
                                            caller.arn(
                                                    Importing.newKey(
                                                            caller,
                                                            "KeySpec",
                                                            "RSA_2048",
                                                            "KeyUsage",
                                                            "SIGN_VERIFY"))));
            byte[] material = new byte[1200];
            Arrays.fill(material, (byte) 7);
            assertThatThrownBy(
                            () ->
                                    ImportKeyMaterial.brought(
                                            new LongWork(lanes),
                                            key,
                                            House.ACCOUNT,
                                            material,
                                            house.now()))
                    .isInstanceOf(ServiceUnavailable.class);
            assertThat(material).containsOnly(0);
        }
    }
}
