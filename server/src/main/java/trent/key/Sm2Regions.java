package trent.key;

import java.util.Set;
import trent.api.KeySpec;
import trent.api.UnsupportedOperationException;
import trent.name.Region;

/**
 * Where SM2 is offered: AWS does in the Regions of China only.
 *
 * @param everywhere in all Regions
 * @param others in these Regions besides those of China
 */
public record Sm2Regions(boolean everywhere, Set<Region> others) {

    /** Where AWS offers it. */
    public static final Sm2Regions CHINA = new Sm2Regions(false, Set.of());

    private static final String CHINA_PARTITION = "aws-cn";

    public Sm2Regions {
        others = Set.copyOf(others);
    }

    /**
     * Refuses SM2 in a Region that does not offer it.
     *
     * @param member the request's, which names the spec
     */
    public void require(Region region, KeySpec spec, String member) {
        if (KeySpecs.of(spec).onlyInChina()
                && !everywhere
                && !region.partition().equals(CHINA_PARTITION)
                && !others.contains(region)) {
            throw new UnsupportedOperationException(
                    member + " " + spec.wire() + " is not supported in this Region");
        }
    }
}
