package trent.wire.signature;

import trent.call.Principal;
import trent.name.Region;

/**
 * Who signed a request, and for which Region.
 *
 * @param region from the credential scope; a host name says nothing
 * @param accessKeyId the access key id that signed, for the audit record
 */
public record Caller(Principal principal, Region region, String accessKeyId) {

    /** The same with who it is now. */
    Caller as(Principal now) {
        return new Caller(now, region, accessKeyId);
    }
}
