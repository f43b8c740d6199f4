package trent.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import trent.api.KeySpec;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.signature.Signer;
import trent.crypto.signature.SignersTest;
import trent.crypto.signature.SignersTest.Use;
import trent.key.KeySpecs;

/**
 * What others do with the keys that Trent makes: the openssl command line and Python's {@code
 * cryptography} verify, decrypt and agree on what Trent did, and Trent on what they did.
 */
class OtherImplementationsTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] SECRET = "attack at dawn".getBytes(UTF_8);
    private static final List<KeySpec> RSA =
            List.of(KeySpec.RSA_2048, KeySpec.RSA_3072, KeySpec.RSA_4096);
    private static final List<KeySpec> CURVES =
            List.of(KeySpec.ECC_NIST_P256, KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P521);

    @TempDir Path folder = Path.of(".");

    @AfterEach
    void back() {
        ProviderChoice.NATIVE.choose();
    }

    /** All of it in one process: a case for each direction. */
    @ParameterizedTest
    @EnumSource
    void python(ProviderChoice choice) throws Exception {
        requireTool("Python's package cryptography", "python3", "-c", "import cryptography");
        boolean mlDsa =
                run("python3", "-c", "from cryptography.hazmat.primitives.asymmetric import mldsa")
                                .exitCode()
                        == 0;
        if (!mlDsa) {
            System.out.println("skipped: ML-DSA by Python, whose package cryptography is too old");
        }
        choice.choose();
        Map<String, Map<String, String>> cases = new TreeMap<>();
        Map<String, Expected> expected = new TreeMap<>();
        for (Use use : SignersTest.everyAlgorithm()) {
            switch (use.algorithm()) {
                case ED25519_PH_SHA_512 -> {} // they have no Ed25519ph
                case ML_DSA_SHAKE_256 -> {
                    if (mlDsa) {
                        mlDsa(use.spec(), cases, expected);
                    }
                }
                default -> signatures(use.spec(), use.algorithm(), cases, expected);
            }
        }
        for (KeySpec spec : RSA) {
            for (Oaep oaep : Oaep.values()) {
                Pair pair = new Pair(spec);
                String name = spec + " " + oaep;
                cases.put(
                        name + " decrypt",
                        Map.of(
                                "do",
                                "decrypt",
                                "hash",
                                oaep.name(),
                                "private",
                                HEX.formatHex(pair.pkcs8()),
                                "input",
                                HEX.formatHex(oaep.encrypt(pair.keys().getPublic(), SECRET))));
                expected.put(name + " decrypt", answer -> assertThat(answer).isEqualTo(SECRET));
                cases.put(
                        name + " encrypt",
                        Map.of(
                                "do",
                                "encrypt",
                                "hash",
                                oaep.name(),
                                "public",
                                HEX.formatHex(pair.spki()),
                                "input",
                                HEX.formatHex(SECRET)));
                expected.put(
                        name + " encrypt",
                        answer ->
                                assertThat(oaep.decrypt(pair.keys().getPrivate(), answer))
                                        .isEqualTo(SECRET));
            }
        }
        for (KeySpec spec : CURVES) {
            Pair ours = new Pair(spec);
            Pair theirs = new Pair(spec, KeySpecs.of(spec).pairs().generate());
            cases.put(
                    spec + " agree",
                    Map.of(
                            "do",
                            "agree",
                            "private",
                            HEX.formatHex(theirs.pkcs8()),
                            "public",
                            HEX.formatHex(ours.spki())));
            byte[] secret =
                    Ecdh.agree(KeySpecs.of(spec).pairs(), ours.keys().getPrivate(), theirs.spki());
            expected.put(spec + " agree", answer -> assertThat(answer).isEqualTo(secret));
        }

        JSON.writeValue(folder.resolve("cases.json").toFile(), cases);
        Result result = run("python3", resource("others.py").toString());
        assertThat(result.exitCode()).as("%s", result.output()).isZero();
        JsonNode answers = JSON.readTree(folder.resolve("answers.json").toFile());

        assertThat(answers.size()).isEqualTo(expected.size());
        for (Map.Entry<String, Expected> one : expected.entrySet()) {
            try {
                one.getValue().check(HEX.parseHex(answers.get(one.getKey()).textValue()));
            } catch (AssertionError | Exception e) {
                throw new AssertionError(one.getKey(), e);
            }
        }
        System.out.printf("Python, %s: %d cases%n", choice, answers.size());
    }

    private static void signatures(
            KeySpec spec,
            SigningAlgorithmSpec algorithm,
            Map<String, Map<String, String>> cases,
            Map<String, Expected> expected)
            throws GeneralSecurityException {
        Pair pair = new Pair(spec);
        Signer signer = Signer.of(algorithm);
        for (MessageKind kind : SignersTest.kinds(algorithm)) {
            byte[] input = SignersTest.input(kind, algorithm, pair.spki());
            byte[] other = input.clone();
            other[3] ^= 1;
            byte[] signature = signer.sign(pair.keys().getPrivate(), input, kind);
            Map<String, String> all = new TreeMap<>();
            all.put("algorithm", algorithm.name());
            all.put("kind", kind.name());
            all.put("public", HEX.formatHex(pair.spki()));
            all.put("private", HEX.formatHex(pair.pkcs8()));
            all.put("input", HEX.formatHex(input));
            all.put("signature", HEX.formatHex(signature));
            all.put("do", "verify");
            String name = "%s %s %s ".formatted(spec, algorithm, kind);
            cases.put(name + "verify", new TreeMap<>(all));
            expected.put(name + "verify", answer -> assertThat(answer).containsExactly(1));
            all.put("input", HEX.formatHex(other));
            cases.put(name + "verify another", new TreeMap<>(all));
            expected.put(name + "verify another", answer -> assertThat(answer).containsExactly(0));
            all.put("input", HEX.formatHex(input));
            all.put("do", "sign");
            cases.put(name + "sign", all);
            expected.put(
                    name + "sign",
                    answer ->
                            assertThat(signer.verify(pair.keys().getPublic(), input, answer, kind))
                                    .isTrue());
        }
    }

    /** They keep ML-DSA keys as seeds and take no mu, so the pair is theirs when they sign. */
    private static void mlDsa(
            KeySpec spec, Map<String, Map<String, String>> cases, Map<String, Expected> expected)
            throws GeneralSecurityException {
        Pair pair = new Pair(spec);
        SigningAlgorithmSpec algorithm = SigningAlgorithmSpec.ML_DSA_SHAKE_256;
        Signer signer = Signer.of(algorithm);
        byte[] message = SignersTest.input(MessageKind.RAW, algorithm, pair.spki());
        for (MessageKind kind : SignersTest.kinds(algorithm)) {
            byte[] input = SignersTest.input(kind, algorithm, pair.spki());
            byte[] signature = signer.sign(pair.keys().getPrivate(), input, kind);
            String name = "%s %s verify".formatted(spec, kind);
            cases.put(
                    name,
                    Map.of(
                            "do", "verify",
                            "algorithm", algorithm.name(),
                            "public", HEX.formatHex(pair.spki()),
                            "input", HEX.formatHex(message),
                            "signature", HEX.formatHex(signature)));
            expected.put(name, answer -> assertThat(answer).containsExactly(1));
        }
        cases.put(
                spec + " sign",
                Map.of("do", "ml_dsa_sign", "spec", spec.name(), "input", HEX.formatHex(message)));
        expected.put(
                spec + " sign",
                answer -> {
                    byte[] spki = Arrays.copyOf(answer, pair.spki().length);
                    byte[] signature = Arrays.copyOfRange(answer, spki.length, answer.length);
                    for (MessageKind kind : SignersTest.kinds(algorithm)) {
                        byte[] input = SignersTest.input(kind, algorithm, spki);
                        PublicKey key = KeySpecs.of(spec).pairs().publicKey(spki);
                        assertThat(signer.verify(key, input, signature, kind)).isTrue();
                    }
                });
    }

    /** Version 3.0, which many systems have, knows neither ML-DSA nor Ed25519ph. */
    static List<Use> opensslSignatures() {
        return SignersTest.everyAlgorithm().stream()
                .filter(use -> use.algorithm() != SigningAlgorithmSpec.ML_DSA_SHAKE_256)
                .filter(use -> use.algorithm() != SigningAlgorithmSpec.ED25519_PH_SHA_512)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("opensslSignatures")
    void opensslSignsAndVerifies(Use use) throws Exception {
        requireOpenssl();
        SigningAlgorithmSpec algorithm = use.algorithm();
        Pair pair = new Pair(use.spec());
        Path publicKey = write("public.der", pair.spki());
        Path privateKey = write("private.der", pair.pkcs8());
        Signer signer = Signer.of(algorithm);
        for (MessageKind kind : SignersTest.kinds(algorithm)) {
            byte[] message = SignersTest.input(kind, algorithm, pair.spki());
            Path input = write("input", message);
            Path signature = folder.resolve("signature");
            List<String> options = new ArrayList<>(List.of("-keyform", "DER", "-in", "input"));
            options.addAll(options(algorithm, kind));

            Files.write(signature, signer.sign(pair.keys().getPrivate(), message, kind));
            List<String> verify =
                    List.of(
                            "openssl",
                            "pkeyutl",
                            "-verify",
                            "-pubin",
                            "-inkey",
                            publicKey.toString(),
                            "-sigfile",
                            signature.toString());
            assertThat(run(verify, options).exitCode()).as("%s", kind).isZero();
            message[3] ^= 1;
            Files.write(input, message);
            assertThat(run(verify, options).exitCode()).as("%s of another", kind).isNotZero();

            Result signed =
                    run(
                            List.of(
                                    "openssl",
                                    "pkeyutl",
                                    "-sign",
                                    "-inkey",
                                    privateKey.toString(),
                                    "-out",
                                    signature.toString()),
                            options);
            assertThat(signed.exitCode()).as("%s", signed.output()).isZero();
            byte[] theirs = Files.readAllBytes(signature);
            assertThat(signer.verify(pair.keys().getPublic(), message, theirs, kind))
                    .as("%s", kind)
                    .isTrue();
        }
    }

    private static List<String> options(SigningAlgorithmSpec algorithm, MessageKind kind) {
        String name = algorithm.name();
        if (name.startsWith("ED25519")) {
            return List.of("-rawin");
        }
        String hash = "sha" + name.substring(name.length() - 3);
        List<String> options = new ArrayList<>();
        options.addAll(
                kind == MessageKind.RAW
                        ? List.of("-rawin", "-digest", hash)
                        : List.of("-pkeyopt", "digest:" + hash));
        if (name.contains("PSS")) {
            options.addAll(
                    List.of(
                            "-pkeyopt", "rsa_padding_mode:pss",
                            "-pkeyopt", "rsa_pss_saltlen:digest",
                            "-pkeyopt", "rsa_mgf1_md:" + hash));
        }
        return options;
    }

    @Test
    void opensslOpensAndSealsOaep() throws Exception {
        requireOpenssl();
        for (KeySpec spec : RSA) {
            Pair pair = new Pair(spec);
            write("public.der", pair.spki());
            write("private.der", pair.pkcs8());
            for (Oaep oaep : Oaep.values()) {
                String hash = oaep.name().replace("SHA_", "sha");
                List<String> options =
                        List.of(
                                "-keyform", "DER",
                                "-in", "input",
                                "-out", "output",
                                "-pkeyopt", "rsa_padding_mode:oaep",
                                "-pkeyopt", "rsa_oaep_md:" + hash,
                                "-pkeyopt", "rsa_mgf1_md:" + hash);
                write("input", oaep.encrypt(pair.keys().getPublic(), SECRET));
                Result opened =
                        run(
                                List.of("openssl", "pkeyutl", "-decrypt", "-inkey", "private.der"),
                                options);
                assertThat(opened.exitCode()).as("%s", opened.output()).isZero();
                assertThat(folder.resolve("output")).hasBinaryContent(SECRET);

                write("input", SECRET);
                Result sealed =
                        run(
                                List.of(
                                        "openssl",
                                        "pkeyutl",
                                        "-encrypt",
                                        "-pubin",
                                        "-inkey",
                                        "public.der"),
                                options);
                assertThat(sealed.exitCode()).as("%s", sealed.output()).isZero();
                byte[] theirs = Files.readAllBytes(folder.resolve("output"));
                assertThat(oaep.decrypt(pair.keys().getPrivate(), theirs)).isEqualTo(SECRET);
            }
        }
    }

    @Test
    void opensslAgrees() throws Exception {
        requireOpenssl();
        for (KeySpec spec : CURVES) {
            Pair ours = new Pair(spec);
            Pair theirs = new Pair(spec, KeySpecs.of(spec).pairs().generate());
            write("ours.der", ours.spki());
            write("theirs.der", theirs.pkcs8());
            Result derived =
                    run(
                            "openssl",
                            "pkeyutl",
                            "-derive",
                            "-keyform",
                            "DER",
                            "-inkey",
                            "theirs.der",
                            "-peerform",
                            "DER",
                            "-peerkey",
                            "ours.der",
                            "-out",
                            "secret");
            assertThat(derived.exitCode()).as("%s", derived.output()).isZero();
            assertThat(folder.resolve("secret"))
                    .hasBinaryContent(
                            Ecdh.agree(
                                    KeySpecs.of(spec).pairs(),
                                    ours.keys().getPrivate(),
                                    theirs.spki()));
        }
    }

    @FunctionalInterface
    private interface Expected {
        void check(byte[] answer) throws Exception;
    }

    /** A pair as GenerateDataKeyPair and GetPublicKey give it. */
    private record Pair(KeySpec spec, KeyPair keys) {

        Pair(KeySpec spec) {
            this(spec, SignersTest.pair(spec));
        }

        byte[] pkcs8() {
            return KeySpecs.of(spec).pairs().encodePrivate(keys.getPrivate());
        }

        byte[] spki() {
            return KeySpecs.of(spec).pairs().encodePublic(keys.getPublic());
        }
    }

    private record Result(int exitCode, String output) {}

    private void requireOpenssl() throws Exception {
        requireTool("openssl", "openssl", "version");
    }

    private void requireTool(String name, String... command) throws Exception {
        boolean there;
        try {
            there = run(command).exitCode() == 0;
        } catch (IOException _) {
            there = false;
        }
        if (!there) {
            System.out.printf("skipped: %s is not installed%n", name);
        }
        assumeTrue(there, name);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        OtherImplementationsTest.class.getResourceAsStream(name), name)) {
            return write(name, in.readAllBytes());
        }
    }

    private Result run(List<String> command, List<String> options) throws Exception {
        List<String> all = new ArrayList<>(command);
        all.addAll(options);
        return run(all.toArray(String[]::new));
    }

    private Result run(String... command) throws Exception {
        Path output = folder.resolve("output.log");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(command[0]).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output));
    }
}
