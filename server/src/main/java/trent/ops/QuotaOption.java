package trent.ops;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import trent.key.Quotas;

/** The quotas as the command line and the environment write them: {@code aliases-per-key=100}. */
final class QuotaOption {

    private static final Set<String> NAMES =
            new TreeSet<>(Set.of("keys", "aliases-per-key", "grants-per-key", "tags-per-key"));

    private QuotaOption() {}

    /**
     * AWS's defaults, and what is written instead of them.
     *
     * @throws IllegalArgumentException if a name is unknown or there twice, or a number is not 1 to 2,000,000,000
     */
    static Quotas read(List<String> written) {
        Quotas quotas = Quotas.DEFAULT;
        Set<String> named = new TreeSet<>();
        for (String one : written) {
            int equals = one.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "--quota takes NAME=NUMBER, such as keys=1000, not " + one + ".");
            }
            if (!named.add(one.substring(0, equals))) {
                throw new IllegalArgumentException(
                        "--quota has two numbers for %s. Give it one."
                                .formatted(one.substring(0, equals)));
            }
            quotas = with(quotas, one.substring(0, equals), one.substring(equals + 1));
        }
        return quotas;
    }

    private static Quotas with(Quotas quotas, String name, String value) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "--quota knows no %s.%s There are: %s."
                            .formatted(
                                    name,
                                    Environment.suggestion(NAMES, name),
                                    String.join(", ", NAMES)));
        }
        if (!value.matches("[1-9][0-9]{0,8}|1[0-9]{9}|2000000000")) {
            throw new IllegalArgumentException(
                    "--quota: %s takes a number from 1 to 2000000000, not %s."
                            .formatted(name, value));
        }
        int number = Integer.parseInt(value);
        return new Quotas(
                name.equals("keys") ? number : quotas.keys(),
                name.equals("aliases-per-key") ? number : quotas.aliasesPerKey(),
                name.equals("grants-per-key") ? number : quotas.grantsPerKey(),
                name.equals("tags-per-key") ? number : quotas.tagsPerKey(),
                quotas.onDemandRotations(),
                quotas.policyBytes());
    }
}
