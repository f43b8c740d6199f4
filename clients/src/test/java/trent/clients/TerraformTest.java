package trent.clients;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Apply, an empty plan and destroy, as Terraform's aws provider calls, which terraform.py makes in
 * its place.
 */
@ExtendWith(Workplace.class)
class TerraformTest {

    private static final int RESOURCES = 11;
    private static final int STEPS = 4;

    @TestFactory
    Stream<DynamicTest> applyPlanAndDestroy() {
        Path folder = Workplace.folder("terraform");
        Path script = Tool.resource(folder, "terraform.py", "terraform.py");
        try (TrentProcess trent = TrentProcess.server().start()) {
            return Rows.of(
                    Tool.run(
                            folder,
                            Map.of(),
                            "python3",
                            script.toString(),
                            trent.url().toString(),
                            Signer.ROOT.accessKeyId(),
                            Signer.ROOT.secretAccessKey()),
                    1 + RESOURCES * STEPS);
        }
    }
}
