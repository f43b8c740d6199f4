package trent.sts;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trent.api.query.ValidationError;
import trent.name.AccountId;

/**
 * The ARN of a role, as a request has it.
 *
 * @param path begins and ends with a slash
 */
record RoleArn(String text, AccountId account, String path, String name) {

    private static final Pattern FORM =
            Pattern.compile(
                    "arn:(?<partition>[a-z-]+):iam::(?<account>[0-9]{12}):role(?<path>/([!-~]+/)?)(?<name>[\\w+=,.@-]+)");

    /**
     * Reads one of the partition of the call's Region.
     *
     * @throws ValidationError if it is none
     */
    static RoleArn of(String text, String partition) {
        Matcher arn = FORM.matcher(text);
        if (!arn.matches() || !arn.group("partition").equals(partition)) {
            throw new ValidationError(text + " is invalid");
        }
        return new RoleArn(
                text, new AccountId(arn.group("account")), arn.group("path"), arn.group("name"));
    }

    @Override
    public String toString() {
        return text;
    }
}
