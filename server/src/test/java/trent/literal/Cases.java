package trent.literal;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import trent.language.Policy;

/**
 * Random policies and requests. Small vocabularies, and policies that are made for a request and
 * then spoiled a little, so that most cases are decided by one near miss.
 */
final class Cases {

    static final String KEY_1 =
            "arn:aws:kms:us-east-1:" + World.A + ":key/1234abcd-12ab-34cd-56ef-1234567890ab";
    static final String KEY_2 =
            "arn:aws:kms:us-east-1:" + World.A + ":key/1234abcd-12ab-34cd-56ef-1234567890ac";
    static final String KEY_OF_B =
            "arn:aws:kms:us-east-1:" + World.B + ":key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private static final List<String> RESOURCES =
            List.of(
                    KEY_1,
                    KEY_2,
                    KEY_OF_B,
                    "arn:aws:kms:eu-west-1:" + World.A + ":key/mrk-12:34/ab",
                    "arn:aws:kms:us-east-1:" + World.A + ":alias/app/x",
                    "arn:aws:kms:us-east-1:" + World.A + ":alias/alice",
                    "*");

    private static final List<String> RESOURCE_PATTERNS =
            List.of(
                    "arn:aws:kms:us-east-1:" + World.A + ":key/*",
                    "arn:aws:kms:*:" + World.A + ":key/*",
                    "arn:aws:kms:us-east-?:" + World.A + ":*/*",
                    "arn:aws:kms:*:*:key/*",
                    "arn:aws:kms:*:key/*",
                    "arn:aws:kms:us-*:key/*",
                    "arn:aws:kms:us-east-1:" + World.A + ":alias/*",
                    "arn:aws:kms:us-east-1:" + World.A + ":alias/${aws:username}",
                    "arn:aws:kms:us-east-1:" + World.A + ":alias/${AWS:UserName, 'alice'}",
                    "arn:aws:kms:us-east-1:" + World.A + ":*/${aws:PrincipalTag/team}",
                    "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*",
                    "arn:aws:kms:us-east-1:" + World.A + ":key/${kms:ResourceAliases}",
                    "arn:aws:kms:us-east-1:" + World.A + ":key/${*}",
                    "arn:aws:kms:us-east-1:" + World.A + ":key/1234abcd-*-1234567890a?",
                    "arn:aws:kms:us-east-1:" + World.A + ":Key/*",
                    "arn:aws:s3:us-east-1:" + World.A + ":key/*");

    private static final List<String> ACTIONS =
            List.of(
                    "kms:Decrypt",
                    "kms:Encrypt",
                    "kms:DescribeKey",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                    "kms:CreateGrant",
                    "kms:CreateAlias",
                    "sts:AssumeRole");

    private static final List<String> ACTION_PATTERNS =
            List.of(
                    "*",
                    "kms:*",
                    "kms:De*",
                    "KMS:*crypt*",
                    "kms:?ncrypt",
                    "kms:?ecrypt",
                    "kms:?Decrypt",
                    "Kms:ReEncrypt*",
                    "kms:*Key",
                    "kms:*e*r*t",
                    "kms:Create*",
                    "s3:*",
                    "sts:*",
                    "kms:Nothing",
                    "kms:Decrypt?");

    private static final List<String> TEXTS =
            List.of(
                    "alice",
                    "Alice",
                    "alic",
                    "alice2",
                    "a*",
                    "al?ce",
                    "*",
                    "",
                    "IT",
                    "it",
                    "team/IT",
                    "SYMMETRIC_DEFAULT",
                    "RSA_2048",
                    "true",
                    "12",
                    "alias/app/x",
                    "alias/test",
                    "alias/t",
                    World.A,
                    World.B);

    /** Few, so that what a variable stands for is often what is asked for. */
    private static final List<String> NAMES = List.of("alice", "Alice", "a*", "al?ce", "IT", "");

    private static final List<String> TEXT_PATTERNS =
            List.of(
                    "*",
                    "a*",
                    "A*",
                    "*ice",
                    "al?ce",
                    "alice?",
                    "?",
                    "*a*i*e*",
                    "alias/*",
                    "alias/t*");

    private static final List<String> VARIABLES =
            List.of(
                    "${aws:username}",
                    "${aws:username}",
                    "${aws:username}",
                    "${AWS:PrincipalTag/Team}",
                    "${aws:PrincipalTag/team}",
                    "${kms:ResourceAliases}",
                    "${aws:username, 'alice'}",
                    "${aws:PrincipalTag/team, 'IT'}",
                    "${foo:nothing}",
                    "${foo:nothing, 'IT'}",
                    "${foo:nothing, 'alice'}",
                    "${foo:nothing}*",
                    "alice${foo:nothing}",
                    "x${aws:username}*",
                    "${aws:username}*",
                    "${*}",
                    "a${*}",
                    "al${?}ce",
                    "${$}{x}");

    private static final List<String> NUMBERS =
            List.of(
                    "0",
                    "7",
                    "-7",
                    "10",
                    "10.0",
                    "10.5",
                    "9.99",
                    "90",
                    "9007199254740992",
                    "9007199254740993",
                    "9007199254740992.5",
                    "9223372036854775808",
                    "ten");

    private static final List<String> DATES =
            List.of(
                    "2026-01-01T00:00:00Z",
                    "2026-01-01",
                    "2026-01",
                    "2025-12-31T23:59:59Z",
                    "2026-01-01T01:00:00+01:00",
                    "2025-12-31T19:00:00-05:00",
                    "1767225600",
                    "1767225599",
                    "1767225601",
                    "2026-01-01T00:00Z",
                    "2026-01-01T00:00:00.5Z",
                    "2026-02-30",
                    "soon");

    private static final List<String> ADDRESSES =
            List.of(
                    "10.1.2.3",
                    "10.1.2.4",
                    "10.1.3.3",
                    "11.1.2.3",
                    "2001:db8::1",
                    "2001:db8::2",
                    "2001:DB8:0:0:0:0:0:1",
                    "not an address");

    private static final List<String> BLOCKS =
            List.of(
                    "10.1.2.3",
                    "10.1.2.3/32",
                    "10.1.2.0/24",
                    "10.1.2.0/30",
                    "10.1.2.2/31",
                    "10.1.2.3/31",
                    "10.0.0.0/7",
                    "10.0.0.0/8",
                    "0.0.0.0/0",
                    "::/0",
                    "2001:db8::/32",
                    "2001:db8::/127",
                    "2001:db8::1",
                    "2001:db8::1/128",
                    "10.1.2.0/33",
                    "10.1.2/24");

    private static final List<String> ARNS =
            List.of(
                    "arn:aws:iam::" + World.A + ":user/alice",
                    "arn:aws:iam::" + World.A + ":user/team/bob",
                    "arn:aws:iam::" + World.A + ":role/team/app",
                    "arn:aws:iam::" + World.B + ":user/alice",
                    "arn:aws:sts::" + World.A + ":federated-user/fred",
                    "arn:aws:sns:us-east-1:" + World.A + ":topic:with:colons",
                    "arn:aws:iam:" + World.A + ":user/alice",
                    "alice");

    private static final List<String> ARN_PATTERNS =
            List.of(
                    "arn:aws:iam::" + World.A + ":user/*",
                    "arn:aws:iam::*:user/alice",
                    "arn:aws:iam:*:user/alice",
                    "arn:*:user/alice",
                    "arn:aws:*:*:*:*",
                    "arn:aws:*:*",
                    "arn:aws:i?m::" + World.A + ":*/alice",
                    "arn:aws:iam::" + World.A + ":role/*",
                    "arn:aws:iam::" + World.A + ":User/alice",
                    "arn:aws:iam::" + World.A + ":user/${aws:username}",
                    "arn:aws:iam::" + World.A + ":*/${aws:PrincipalTag/team}",
                    "arn:aws:sns:*:*:topic:*",
                    "arn:aws:sns:*:topic:with:colons",
                    "arn:aws:sns:us-east-1:*:colons");

    private static final List<String> BOOLEANS = List.of("true", "false", "true", "false", "maybe");
    private static final List<String> BYTES = List.of("YWxpY2U=", "YQ==", "alice", "a", "");

    private enum Family {
        STRING,
        NUMERIC,
        DATE,
        BOOL,
        BINARY,
        IP,
        ARN
    }

    private static final Map<Family, List<String>> OPERATORS =
            Map.of(
                    Family.STRING,
                    List.of(
                            "StringEquals",
                            "StringNotEquals",
                            "StringEqualsIgnoreCase",
                            "StringNotEqualsIgnoreCase",
                            "StringLike",
                            "StringLike",
                            "StringNotLike"),
                    Family.NUMERIC,
                    List.of(
                            "NumericEquals",
                            "NumericNotEquals",
                            "NumericLessThan",
                            "NumericLessThanEquals",
                            "NumericGreaterThan",
                            "NumericGreaterThanEquals"),
                    Family.DATE,
                    List.of(
                            "DateEquals",
                            "DateNotEquals",
                            "DateLessThan",
                            "DateLessThanEquals",
                            "DateGreaterThan",
                            "DateGreaterThanEquals"),
                    Family.BOOL,
                    List.of("Bool"),
                    Family.BINARY,
                    List.of("BinaryEquals"),
                    Family.IP,
                    List.of("IpAddress", "NotIpAddress"),
                    Family.ARN,
                    List.of("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"));

    /** A condition key, what its values are, and from which a request draws them. */
    private record Known(String name, Family family, List<String> values, int weight) {}

    private static final List<Known> KEYS =
            List.of(
                    new Known("aws:username", Family.STRING, NAMES, 4),
                    new Known("aws:userid", Family.STRING, TEXTS, 1),
                    new Known("aws:PrincipalTag/team", Family.STRING, NAMES, 2),
                    new Known("aws:PrincipalAccount", Family.STRING, World.ACCOUNTS, 1),
                    new Known("aws:ResourceTag/Team", Family.STRING, NAMES, 2),
                    new Known("aws:RequestTag/Team", Family.STRING, TEXTS, 1),
                    new Known("kms:EncryptionContext:Dept", Family.STRING, NAMES, 3),
                    new Known("kms:EncryptionContext:dept/app", Family.STRING, TEXTS, 1),
                    new Known("kms:KeySpec", Family.STRING, TEXTS, 2),
                    new Known("kms:RequestAlias", Family.STRING, TEXTS, 1),
                    new Known("kms:ViaService", Family.STRING, TEXTS, 1),
                    new Known("foo:nothing", Family.STRING, List.of(), 1),
                    new Known("kms:ResourceAliases", Family.STRING, TEXTS, 4),
                    new Known("kms:EncryptionContextKeys", Family.STRING, TEXTS, 2),
                    new Known("aws:TagKeys", Family.STRING, TEXTS, 2),
                    new Known("kms:GrantOperations", Family.STRING, TEXTS, 1),
                    new Known("kms:RotationPeriodInDays", Family.NUMERIC, NUMBERS, 3),
                    new Known("aws:MultiFactorAuthAge", Family.NUMERIC, NUMBERS, 2),
                    new Known("aws:CurrentTime", Family.DATE, DATES, 3),
                    new Known("aws:TokenIssueTime", Family.DATE, DATES, 1),
                    new Known("aws:MultiFactorAuthPresent", Family.BOOL, BOOLEANS, 3),
                    new Known("kms:MultiRegion", Family.BOOL, BOOLEANS, 1),
                    new Known("foo:Bytes", Family.BINARY, BYTES, 1),
                    new Known("aws:SourceIp", Family.IP, ADDRESSES, 4),
                    new Known("aws:PrincipalArn", Family.ARN, ARNS, 3),
                    new Known("aws:SourceArn", Family.ARN, ARNS, 2));

    private static final int WEIGHTS = KEYS.stream().mapToInt(Known::weight).sum();

    private final SplittableRandom random;

    /** The condition keys that the latest policy asks for. */
    private final List<Known> askedFor = new ArrayList<>();

    Cases(SplittableRandom random) {
        this.random = random;
    }

    // Requests

    Asked request() {
        Map<String, List<String>> context = new TreeMap<>();
        for (Known key : KEYS) {
            if (!key.values().isEmpty() && chance(55)) {
                context.put(anyCase(key.name(), 25), values(key));
            }
        }
        if (chance(3)) {
            context.put("kms:EncryptionContext:DEPT", List.of(pick(TEXTS)));
        }
        return new Asked(pick(World.CALLERS), pick(ACTIONS), pick(RESOURCES), context);
    }

    /** The same but for one thing. */
    Asked beside(Asked asked) {
        Caller caller = asked.caller();
        String action = asked.action();
        String resource = asked.resource();
        Map<String, List<String>> context = new TreeMap<>(asked.context());
        switch (random.nextInt(8)) {
            case 0 -> caller = pick(World.CALLERS);
            case 1 -> action = pick(ACTIONS);
            case 2 -> resource = pick(RESOURCES);
            case 3 -> {
                if (!context.isEmpty()) {
                    context.remove(pick(List.copyOf(context.keySet())));
                }
            }
            default -> {
                Known key = askedFor.isEmpty() || chance(20) ? key() : pick(askedFor);
                if (!key.values().isEmpty()) {
                    context.keySet().removeIf(name -> name.equalsIgnoreCase(key.name()));
                    context.put(anyCase(key.name(), 25), values(key));
                }
            }
        }
        return new Asked(caller, action, resource, context);
    }

    private List<String> values(Known key) {
        if (!Asked.multiValued(key.name())) {
            return List.of(pick(key.values()));
        }
        List<String> values = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            values.add(pick(key.values()));
        }
        return values;
    }

    // Policies

    Policy.Kind kind() {
        return chance(50) ? Policy.Kind.KEY : chance(80) ? Policy.Kind.IDENTITY : Policy.Kind.TRUST;
    }

    /** A policy that says something of this request, or nearly. */
    Map<String, Object> policy(Policy.Kind kind, Asked asked) {
        askedFor.clear();
        Map<String, Object> policy = new LinkedHashMap<>();
        if (kind == Policy.Kind.IDENTITY) {
            policy.put("Version", chance(75) ? "2012-10-17" : "2008-10-17");
        } else if (chance(85)) {
            policy.put("Version", chance(70) ? "2012-10-17" : "2008-10-17");
        }
        int count = chance(60) ? 1 : 1 + random.nextInt(4);
        List<Object> statements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            statements.add(statement(kind, asked));
        }
        policy.put("Statement", count == 1 && chance(30) ? statements.getFirst() : statements);
        return policy;
    }

    private Map<String, Object> statement(Policy.Kind kind, Asked asked) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("Effect", chance(60) ? "Allow" : "Deny");
        if (kind != Policy.Kind.IDENTITY) {
            statement.put(chance(85) ? "Principal" : "NotPrincipal", principal(asked));
        }
        boolean key = kind == Policy.Kind.KEY;
        if (!key || chance(97)) {
            boolean not = chance(15);
            statement.put(
                    not ? "NotAction" : "Action",
                    oneOrMore(not ? 50 : 85, asked.action(), () -> action(asked)));
        }
        if (kind != Policy.Kind.TRUST && (!key || chance(95))) {
            if (chance(key ? 60 : 20)) {
                statement.put("Resource", "*");
            } else {
                boolean not = chance(20);
                statement.put(
                        not ? "NotResource" : "Resource",
                        oneOrMore(not ? 50 : 80, asked.resource(), () -> resource(asked)));
            }
        }
        if (chance(80)) {
            statement.put("Condition", conditions(kind, asked));
        }
        return statement;
    }

    Object principal(Asked asked) {
        if (chance(10)) {
            return "*";
        }
        Map<String, Object> principal = new LinkedHashMap<>();
        List<String> entries = new ArrayList<>();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            entries.add(chance(75) ? nameOf(asked.caller()) : pick(World.PRINCIPALS));
        }
        principal.put("AWS", entries.size() == 1 && chance(60) ? entries.getFirst() : entries);
        if (chance(5)) {
            principal.put("Service", "dynamodb.amazonaws.com");
        }
        return principal;
    }

    /** One of the ways to name the caller, or nearly. */
    private String nameOf(Caller caller) {
        return switch (random.nextInt(6)) {
            case 0 -> caller.account();
            case 1 -> "arn:aws:iam::" + caller.account() + ":root";
            case 2 ->
                    caller.kind() == Caller.Kind.ROLE_SESSION
                            ? "arn:aws:sts::"
                                    + caller.account()
                                    + ":assumed-role/"
                                    + caller.name()
                                    + "/"
                                    + caller.session()
                            : caller.principalArn();
            case 3 ->
                    caller.kind() == Caller.Kind.FEDERATED_USER
                            ? "arn:aws:iam::"
                                    + caller.account()
                                    + ":user"
                                    + caller.path()
                                    + caller.name()
                            : caller.principalArn();
            case 4 -> caller.isRoot() ? "*" : caller.id();
            default -> pick(World.PRINCIPALS);
        };
    }

    private String action(Asked asked) {
        return switch (random.nextInt(4)) {
            case 0 -> anyCase(asked.action(), 60);
            case 1 -> pick(ACTIONS);
            default -> anyCase(pick(ACTION_PATTERNS), 20);
        };
    }

    private String resource(Asked asked) {
        return switch (random.nextInt(6)) {
            case 0 -> asked.resource();
            case 1 -> spoiled(asked.resource());
            case 2 -> pick(RESOURCES);
            default -> pick(RESOURCE_PATTERNS);
        };
    }

    /** An ARN with a wildcard for some of it. */
    private String spoiled(String arn) {
        if (arn.length() < 20) {
            return arn;
        }
        int from = 13 + random.nextInt(arn.length() - 13);
        int to = Math.min(arn.length(), from + 1 + random.nextInt(12));
        return arn.substring(0, from)
                + (chance(70) ? "*" : "?".repeat(to - from))
                + arn.substring(to);
    }

    Map<String, Object> conditions(Policy.Kind kind, Asked asked) {
        Map<String, Object> conditions = new LinkedHashMap<>();
        for (int left = 1 + (chance(70) ? 0 : random.nextInt(3)); left > 0; left--) {
            Known key = key();
            askedFor.add(key);
            Family family = chance(93) ? key.family() : pick(List.of(Family.values()));
            boolean isNull = chance(Asked.multiValued(key.name()) ? 16 : 5);
            String operator = isNull ? "Null" : pick(Objects.requireNonNull(OPERATORS.get(family)));
            String prefix = "";
            int sets = Asked.multiValued(key.name()) ? 70 : 12;
            if (!isNull && chance(sets)) {
                prefix = chance(50) ? "ForAnyValue:" : "ForAllValues:";
            }
            if (!isNull && chance(20)) {
                operator += "IfExists";
            }
            List<Object> values = new ArrayList<>();
            for (int more = 1 + (chance(60) ? 0 : random.nextInt(3)); more > 0; more--) {
                values.add(isNull ? flag() : value(family, key, asked));
            }
            Map<String, Object> keys = new LinkedHashMap<>();
            keys.put(
                    anyCase(key.name(), 25),
                    values.size() == 1 && chance(70) ? values.getFirst() : values);
            if (chance(10)) {
                Known other = key();
                if (!other.name().equals(key.name()) && !isNull) {
                    keys.put(other.name(), value(family, other, asked));
                }
            }
            conditions.put(prefix + operator, keys);
        }
        return conditions;
    }

    private Object flag() {
        boolean flag = chance(50);
        return chance(30) ? (Object) flag : String.valueOf(flag);
    }

    private Object value(Family family, Known key, Asked asked) {
        List<String> values = asked.valuesOf(key.name());
        if (values != null && !values.isEmpty() && chance(40)) {
            String one = pick(values);
            if (family == Family.STRING && chance(30)) {
                return one.toUpperCase(Locale.ROOT);
            }
            return one;
        }
        return switch (family) {
            case STRING ->
                    chance(4)
                            ? pick(List.<Object>of(12, true))
                            : chance(35)
                                    ? pick(key.values().isEmpty() ? TEXTS : key.values())
                                    : chance(50) ? pick(TEXT_PATTERNS) : pick(VARIABLES);
            case NUMERIC -> {
                String number = pick(NUMBERS);
                yield number.matches("-?[0-9.]+") && chance(40)
                        ? (Object) new BigDecimal(number)
                        : number;
            }
            case DATE -> {
                String date = pick(DATES);
                yield date.matches("[0-9]+") && chance(40) ? (Object) Long.valueOf(date) : date;
            }
            case BOOL -> chance(10) ? "maybe" : flag();
            case BINARY -> pick(BYTES);
            case IP -> pick(BLOCKS);
            case ARN -> chance(40) ? pick(ARNS) : pick(ARN_PATTERNS);
        };
    }

    // Dice

    private interface Maker {
        String make();
    }

    private Object oneOrMore(int sure, String exact, Maker maker) {
        List<String> all = new ArrayList<>();
        all.add(chance(sure) && chance(55) ? exact : maker.make());
        while (chance(25) && all.size() < 4) {
            all.add(maker.make());
        }
        return all.size() == 1 && chance(70) ? all.getFirst() : all;
    }

    private Known key() {
        int at = random.nextInt(WEIGHTS);
        for (Known key : KEYS) {
            at -= key.weight();
            if (at < 0) {
                return key;
            }
        }
        throw new IllegalStateException();
    }

    /** The name with other capitals, {@code percent} times of a hundred. */
    private String anyCase(String name, int percent) {
        if (!chance(percent)) {
            return name;
        }
        return chance(50) ? name.toLowerCase(Locale.ROOT) : name.toUpperCase(Locale.ROOT);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
