package trent.call;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.name.Arn;
import trent.name.Region;

/** One call as an operation sees it: who, where, and under which id it is audited. */
public final class Call {

    private final Principal principal;
    private final Region region;
    private final String requestId;
    private final Supplier<Origin> whence;
    private @Nullable Origin origin;
    private @Nullable Attestation attestation;
    private final List<Arn> resources = new ArrayList<>(2);

    /**
     * A call.
     *
     * @param principal who signed it
     * @param region the Region of the credential scope
     * @param requestId a UUID, new for every request
     * @param origin where it came from
     */
    public Call(Principal principal, Region region, String requestId, Origin origin) {
        this(principal, region, requestId, () -> origin);
    }

    /** The same, where few calls ask where they came from; asked once at most. */
    public Call(Principal principal, Region region, String requestId, Supplier<Origin> whence) {
        this.principal = principal;
        this.region = region;
        this.requestId = requestId;
        this.whence = whence;
    }

    /** A call within this process. */
    public Call(Principal principal, Region region, String requestId) {
        this(principal, region, requestId, Origin.HERE);
    }

    /** The same in another Region: what it does there is checked as a call to that Region. */
    public Call in(Region other) {
        return new Call(principal, other, requestId, origin());
    }

    public Principal principal() {
        return principal;
    }

    /**
     * The caller's account: what is created belongs to it, bare ids and alias names are
     * looked up in it.
     */
    public AccountId account() {
        return principal.account();
    }

    public Region region() {
        return region;
    }

    public String requestId() {
        return requestId;
    }

    public Origin origin() {
        Origin found = origin;
        if (found == null) {
            found = whence.get();
            origin = found;
        }
        return found;
    }

    /** Notes what an attestation document that came with the call proved. */
    public void attestedBy(Attestation proved) {
        attestation = proved;
    }

    /** What is attested of the caller's environment; null if nothing is. */
    public @Nullable Attestation attestation() {
        return attestation;
    }

    /** Notes what the call is about, for its audit record. */
    public void about(Arn resource) {
        if (!resource.equals(Arn.EVERYTHING) && !resources.contains(resource)) {
            resources.add(resource);
        }
    }

    /** What access was checked on, in that order. */
    public List<Arn> resources() {
        return List.copyOf(resources);
    }
}
