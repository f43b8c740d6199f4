package trent.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this machine's boto3 and AWS CLI are too old for, such as those of Debian 12, is made up for
 * as their users do: by AWS's newer models of the services, and by naming the endpoint in each
 * command.
 */
final class OldClients {

    private static final long SECONDS = 120;

    private static final String KNOWS_ALL =
            """
            import botocore.session, json, sys
            known = botocore.session.get_session().get_service_model('kms').operation_names
            sys.exit(0 if set(json.load(open(sys.argv[1]))['operations']) <= set(known) else 1)
            """;

    private static final List<String> SERVICES =
            List.of("kms-2014-11-01", "iam-2010-05-08", "sts-2011-06-15");

    private static final Pattern CLI = Pattern.compile("aws-cli/(\\d+)\\.(\\d+)");

    /** The first minor version that reads AWS_ENDPOINT_URL, of each major one. */
    private static final Map<Integer, Integer> ENDPOINT_SINCE = Map.of(1, 29, 2, 13);

    /** To be set for each program. */
    static final Map<String, String> ENVIRONMENT = environment();

    private OldClients() {}

    private static boolean cliReadsEndpoint(Path folder) {
        Tool.Result said = Tool.runAsItIs(SECONDS, folder, Map.of(), "aws", "--version");
        Matcher version = CLI.matcher(said.stdout() + said.stderr());
        return !version.find()
                || Integer.parseInt(version.group(2))
                        >= ENDPOINT_SINCE.getOrDefault(Integer.parseInt(version.group(1)), 0);
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        try {
            Path made =
                    Files.createDirectories(
                            TrentProcess.home().resolve("clients/target/old-clients"));
            Path models = TrentProcess.home().resolve("model");
            Path kms = models.resolve("kms-2014-11-01.json");
            Tool.Result knowsAll =
                    Tool.runAsItIs(
                            SECONDS, made, Map.of(), "python3", "-c", KNOWS_ALL, kms.toString());
            if (knowsAll.exitCode() != 0) {
                for (String each : SERVICES) {
                    Path service =
                            Files.createDirectories(
                                    made.resolve("models").resolve(each.replaceFirst("-", "/")));
                    Files.write(
                            service.resolve("service-2.json"),
                            Files.readAllBytes(models.resolve(each + ".json")));
                }
                environment.put("AWS_DATA_PATH", made.resolve("models").toString());
            }
            if (!cliReadsEndpoint(made)) {
                Path programs = Files.createDirectories(made.resolve("bin"));
                String path = System.getenv("PATH");
                Path aws = programs.resolve("aws");
                Files.writeString(
                        aws,
                        """
                        #!/usr/bin/env bash
                        PATH='%s'
                        url=${AWS_ENDPOINT_URL_KMS-${AWS_ENDPOINT_URL-}}
                        exec aws ${url:+--endpoint-url "$url"} "$@"
                        """
                                .formatted(path));
                Files.setPosixFilePermissions(aws, PosixFilePermissions.fromString("rwxr-xr-x"));
                environment.put("PATH", programs + ":" + path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }
}
