package trent.grant;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.api.InvalidArnException;
import trent.identity.PrincipalNames;
import trent.name.Region;

/** Whom a grant can name. Source: AWS KMS API Reference, CreateGrant. */
public record GrantPrincipals(PrincipalNames principals) {

    private static final Pattern PRINCIPAL =
            Pattern.compile(
                    "arn:(?<partition>aws(-[a-z]+)*):(iam::[0-9]{12}:(root|(user|role)/([^/]+/)*[^/]+)"
                            + "|sts::[0-9]{12}:(assumed-role/[^/]+/[^/]+|federated-user/[^/]+))");

    /** A service's name, for example {@code dynamodb.us-west-1.amazonaws.com}. */
    private static final Pattern SERVICE =
            Pattern.compile(
                    "[a-z0-9-]+(\\.[a-z0-9-]+)*\\."
                            + "(amazonaws\\.com(\\.cn)?|amazonaws\\.eu|c2s\\.ic\\.gov|sc2s\\.sgov\\.gov"
                            + "|csp\\.hci\\.ic\\.gov|cloud\\.adc-e\\.uk)");

    /**
     * Refuses what cannot be a principal of a grant in the Region, whether or not there is one.
     *
     * @throws InvalidArnException if it is no ARN of a principal in the Region's partition
     */
    void requireForm(String principal, Region region) {
        Matcher arn = PRINCIPAL.matcher(principal);
        boolean ofPartition = arn.matches() && arn.group("partition").equals(region.partition());
        if (!ofPartition && !SERVICE.matcher(principal).matches()) {
            throw invalid(principal);
        }
    }

    /**
     * The id of the account, user, role, session or federated user of an ARN; null for a service,
     * which never calls here.
     *
     * @throws InvalidArnException if it is no ARN of a principal in the Region's partition, or there
     *     is no such principal
     */
    @Nullable String idOf(String principal, Region region) {
        requireForm(principal, region);
        if (SERVICE.matcher(principal).matches()) {
            return null;
        }
        if (!principals.mayBeNamed(principal, region.partition())) {
            throw invalid(principal);
        }
        return principals.idOf(principal);
    }

    private static InvalidArnException invalid(String principal) {
        return new InvalidArnException("ARN does not refer to a valid principal: " + principal);
    }
}
