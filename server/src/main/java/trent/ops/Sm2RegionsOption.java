package trent.ops;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import trent.key.Sm2Regions;
import trent.name.Region;

/** The Regions that offer SM2 as the command line and the environment write them. */
final class Sm2RegionsOption {

    private static final String ALL = "all";

    private Sm2RegionsOption() {}

    /**
     * Those of China, and what is written besides.
     *
     * @throws IllegalArgumentException if something is neither a Region nor {@code all}
     */
    static Sm2Regions read(List<String> written) {
        for (String one : written) {
            if (!Region.isValid(one)) {
                throw new IllegalArgumentException(
                        "--sm2-regions takes Regions, such as eu-central-1, or all, not \"%s\"."
                                .formatted(one));
            }
        }
        Set<Region> others =
                written.stream()
                        .filter(one -> !one.equals(ALL))
                        .map(Region::new)
                        .collect(Collectors.toSet());
        return new Sm2Regions(written.contains(ALL), others);
    }
}
