package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.Trent;
import trent.identity.Credential;
import trent.identity.Holder;
import trent.name.AccountId;
import trent.wire.signature.RequestSigner;

/**
 * {@code trent explain} against a whole server: the stories in {@code explain/}.
 *
 * <p>{@code makekey POLICY} makes a key that {@code alias/x} then stands for; {@code iam} and {@code
 * kms} call an operation as the account's root, {@code other} IAM as that of account 444455556666;
 * {@code run} runs the command, and the lines after it are what it printed, {@code exit} its code.
 * {@code let} names a text.
 */
class ExplainCommandTest {

    private static final String ACCOUNT = "111122223333";
    private static final String OTHER = "444455556666";
    private static final String REGION = "us-east-2";
    private static final Pattern ARN_OF_KEY = Pattern.compile("\"Arn\":\"([^\"]+)\"");
    private static final Pattern GRANT_ID = Pattern.compile("\\b[0-9a-f]{64}\\b");

    private static final Pattern UNIQUE_ID = Pattern.compile("\\bA(IDA|ROA)[A-Z0-9]{12,}\\b");
    private static final Pattern WHOLE_ALIAS = Pattern.compile("\\balias/x\\b");

    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable Running trent;
    private String key = "";
    private String alias = "";

    /** A server of its own for each test; not every test needs one. */
    private Running trent() throws Exception {
        Running started = trent;
        if (started == null) {
            started =
                    Objects.requireNonNull(
                            Trent.start(
                                    SettingsReader.dev(
                                            Flags.parse(
                                                    EnumSet.allOf(Flag.class),
                                                    List.of(
                                                            "--listen",
                                                            "127.0.0.1:0",
                                                            "--admin-listen",
                                                            "127.0.0.1:0"),
                                                    Map.of()),
                                            Map.of()),
                                    new Stop()));
            trent = started;
        }
        return started;
    }

    @AfterEach
    void stop() {
        http.close();
        if (trent != null) {
            trent.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"decisions", "who", "questions"})
    void story(String name) throws Exception {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("KEYARN", "");
        List<String> told = new ArrayList<>();
        boolean ran = false;
        List<String> lines = lines(name);
        for (String line : lines) {
            String[] words = line.split(" ", 2);
            if (line.isBlank() || line.startsWith("#")) {
                told.add(line);
                ran = false;
                continue;
            }
            String rest = words.length > 1 ? substituted(words[1], names) : "";
            switch (words[0]) {
                case "let" -> names.put(rest.split("=", 2)[0], rest.split("=", 2)[1]);
                case "makekey" -> makeKey(rest);
                case "iam" -> query(ACCOUNT, rest);
                case "other" -> query(OTHER, rest);
                case "kms" -> kms(rest.split(" ", 2)[0], rest.split(" ", 2)[1]);
                case "run" -> {
                    told.add(line);
                    ran = true;
                    told.addAll(run(rest, names));
                    continue;
                }
                default -> {
                    if (!ran) {
                        throw new AssertionError("what is " + line);
                    }
                    continue; // what it is to print
                }
            }
            told.add(line);
            ran = false;
        }
        assertThat(String.join("\n", told)).isEqualTo(String.join("\n", lines));
    }

    @Test
    void jsonHasTheSameTree() throws Exception {
        makeKey("");
        Ran ran =
                explain(
                        Map.of(),
                        "--as",
                        "arn:aws:iam::111122223333:root",
                        "--action",
                        "kms:Decrypt",
                        "--key",
                        key,
                        "--json");
        JsonNode answer = new ObjectMapper().readTree(ran.out());
        assertThat(ran.code()).isZero();
        assertThat(answer.path("Allowed").asBoolean()).isTrue();
        assertThat(answer.path("Why").path("Parts").path(0).path("Source").asText())
                .isEqualTo("key policy");
        assertThat(answer.path("Why").path("Parts").path(0).path("Outcome").asText())
                .isEqualTo("ALLOWS");
    }

    /** Who was denied by KMS asks in vain, unless he may simulate. */
    @Test
    void theDeniedAreToldNothing() throws Exception {
        makeKey("");
        query(ACCOUNT, "CreateUser UserName=mallory");
        String made = query(ACCOUNT, "CreateAccessKey UserName=mallory");
        Map<String, String> mallory =
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        element(made, "AccessKeyId"),
                        "AWS_SECRET_ACCESS_KEY",
                        element(made, "SecretAccessKey"));
        String arn = "arn:aws:iam::111122223333:user/mallory";
        String[] question = {"--as", arn, "--action", "kms:Decrypt", "--key", key};
        Ran refused = explain(mallory, question);
        assertThat(refused.code()).isEqualTo(ExplainCommand.NOT_ANSWERED);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err().strip())
                .isEqualTo(
                        "trent: User: %s is not authorized to perform: iam:SimulatePrincipalPolicy on resource: %s because no identity-based policy allows the iam:SimulatePrincipalPolicy action. To ask takes root, or iam:SimulatePrincipalPolicy."
                                .formatted(arn, arn));
        assertThat(explain(mallory, "--who", "--key", key).code())
                .isEqualTo(ExplainCommand.NOT_ANSWERED);

        query(
                ACCOUNT,
                "PutUserPolicy UserName=mallory PolicyName=p PolicyDocument="
                        + "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"iam:SimulatePrincipalPolicy\",\"Resource\":\""
                        + arn
                        + "\"}}");
        assertThat(explain(mallory, question).code()).isEqualTo(ExplainCommand.DENIED);
        assertThat(explain(mallory, "--who", "--key", key).code())
                .as("who can use it tells of everybody")
                .isEqualTo(ExplainCommand.NOT_ANSWERED);
    }

    @Test
    void whoIsToldInPages() throws Exception {
        makeKey(
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},"
                        + "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:Decrypt\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:user/many/*\"}}}]}");
        int many = 250;
        for (int i = 0; i < many; i++) {
            query(ACCOUNT, "CreateUser Path=/many/ UserName=many%03d".formatted(i));
        }
        Ran ran = explain(Map.of(), "--who", "--key", key);
        assertThat(ran.out().lines().filter(line -> line.contains("user/many/")).distinct())
                .hasSize(many);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--as a --who --key k | Give --as ARN to ask about somebody, or --who to ask who may; not both.",
                "--key k | Give --as ARN to ask about somebody, or --who to ask who may; not both.",
                "--who | Give --key: a key id, a key ARN, or an alias such as alias/x.",
                "--as a --key k | Give --action, for example --action kms:Decrypt.",
                "--who --key k --contxt a=b | Unknown flag --contxt. Did you mean --context?",
                "--who --key k --context a | --context takes pairs such as NAME=VALUE, not a.",
                "--who --key k --region us_east | us_east is no Region. One is us-east-2.",
                "--who --key k --endpoint-url here | here is no address of a server. One is http://127.0.0.1:4599.",
                "--who --key | --key needs a value."
            })
    void wrongUse(String row) {
        String[] sides = row.split(" \\| ", 2);
        assertThatThrownBy(() -> explain(Map.of(), sides[0].split(" ", -1)))
                .isInstanceOf(WrongUse.class)
                .hasMessage(sides[1]);
    }

    @Test
    void helpTellsTheExitCodes() throws Exception {
        assertThat(explain(Map.of(), "--help").out()).contains("Exit codes: 0 allowed");
    }

    @Test
    void noServerIsNoDenial() throws Exception {
        Ran ran =
                explain(
                        Map.of(),
                        "--who",
                        "--key",
                        "alias/x",
                        "--endpoint-url",
                        "http://127.0.0.1:1");
        assertThat(ran.code()).isEqualTo(ExplainCommand.NOT_ANSWERED);
        assertThat(ran.err()).contains("nobody answers at http://127.0.0.1:1");
    }

    // ---- the command

    private record Ran(int code, String out, String err) {}

    private List<String> run(String arguments, Map<String, String> names) throws Exception {
        Ran ran = explain(Map.of(), arguments.split(" ", -1));
        List<String> lines = new ArrayList<>();
        (ran.out() + ran.err()).lines().map(line -> shown(line, names)).forEach(lines::add);
        lines.add("exit " + ran.code());
        return lines;
    }

    private String shown(String line, Map<String, String> names) {
        String text = GRANT_ID.matcher(line).replaceAll("GRANT");
        text = UNIQUE_ID.matcher(text).replaceAll("ID");
        if (!key.isEmpty()) {
            text = text.replace(key, "KEYARN").replace(alias, "alias/x");
        }
        for (Map.Entry<String, String> name : names.entrySet()) {
            if (name.getValue().startsWith("arn:")) {
                text = text.replaceAll(Pattern.quote(name.getValue()) + "\\b", name.getKey());
            }
        }
        return text;
    }

    private Ran explain(Map<String, String> environment, String... arguments) throws Exception {
        Map<String, String> all = new HashMap<>();
        all.put("AWS_ACCESS_KEY_ID", ACCOUNT);
        all.put("AWS_SECRET_ACCESS_KEY", "test");
        all.put("AWS_REGION", REGION);
        if (trent != null) {
            all.put("AWS_ENDPOINT_URL", trent.url());
        }
        all.putAll(environment);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                new ExplainCommand(
                                all,
                                new PrintStream(out, true, UTF_8),
                                new PrintStream(err, true, UTF_8),
                                InstantSource.system())
                        .run(List.of(arguments));
        return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    // ---- what is there

    /** An alias of its own for each key: not every policy lets it be taken away again. */
    private void makeKey(String policy) throws Exception {
        Matcher arn = ARN_OF_KEY.matcher(kms("CreateKey", "{}"));
        assertThat(arn.find()).isTrue();
        key = arn.group(1);
        String id = key.substring(key.lastIndexOf('/') + 1);
        alias = "alias/of-" + id;
        kms("CreateAlias", "{\"AliasName\":\"%s\",\"TargetKeyId\":\"%s\"}".formatted(alias, id));
        if (!policy.isEmpty()) {
            kms(
                    "PutKeyPolicy",
                    "{\"KeyId\":\"%s\",\"BypassPolicyLockoutSafetyCheck\":true,\"Policy\":%s}"
                            .formatted(id, new ObjectMapper().writeValueAsString(policy)));
        }
    }

    private String kms(String operation, String body) throws Exception {
        return send(
                ACCOUNT,
                "kms",
                Map.of(
                        "content-type",
                        "application/x-amz-json-1.1",
                        "x-amz-target",
                        "TrentService." + operation),
                body);
    }

    private String query(String account, String call) throws Exception {
        StringBuilder form = new StringBuilder("Version=2010-05-08&Action=");
        for (String word : call.split(" ", -1)) {
            int equals = word.indexOf('=');
            form.append(
                    equals < 0
                            ? word
                            : "&"
                                    + word.substring(0, equals)
                                    + "="
                                    + URLEncoder.encode(word.substring(equals + 1), UTF_8));
        }
        return send(
                account,
                "iam",
                Map.of("content-type", "application/x-www-form-urlencoded"),
                form.toString());
    }

    private String send(String account, String service, Map<String, String> headers, String body)
            throws Exception {
        URI uri = URI.create(trent().url());
        byte[] bytes = body.getBytes(UTF_8);
        RequestSigner signer =
                new RequestSigner(
                        new Credential(
                                account,
                                new Holder.Root(new AccountId(account)),
                                "test".getBytes(UTF_8)),
                        null,
                        service.equals("iam") ? "us-east-1" : REGION);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri.resolve("/")).POST(BodyPublishers.ofByteArray(bytes));
        Map<String, String> all = new TreeMap<>(headers);
        all.putAll(
                signer.sign(
                        uri.getHost() + ":" + uri.getPort(),
                        headers,
                        bytes,
                        service,
                        InstantSource.system().instant()));
        all.forEach(request::header);
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString(UTF_8));
        assertThat(response.statusCode()).as(body + "\n" + response.body()).isEqualTo(200);
        return response.body();
    }

    private static String element(String xml, String name) {
        int start = xml.indexOf("<" + name + ">") + name.length() + 2;
        return xml.substring(start, xml.indexOf("</" + name + ">"));
    }

    private String substituted(String text, Map<String, String> names) {
        String all = alias.isEmpty() ? text : WHOLE_ALIAS.matcher(text).replaceAll(alias);
        for (Map.Entry<String, String> name : names.entrySet()) {
            String value = name.getKey().equals("KEYARN") ? key : name.getValue();
            all = all.replace("${" + name.getKey() + "}", value);
        }
        return all;
    }

    private static List<String> lines(String story) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(
                        ExplainCommandTest.class.getResourceAsStream(
                                "/explain/" + story + ".txt"))) {
            return new String(file.readAllBytes(), UTF_8).lines().toList();
        }
    }
}
