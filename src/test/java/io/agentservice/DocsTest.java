package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.JobEvent;
import io.agentservice.testing.Contract;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the guide and the README say to type works as it stands, and what they show is what comes. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class DocsTest {

    private static final Path GUIDE = Path.of("docs/api.md");
    private static final Path README = Path.of("README.md");
    private static final Path CALLERS = Path.of("integrations/README.md");
    private static final Path CLIENT = Path.of("integrations/shell/README.md");
    private static final Pattern BLOCK = Pattern.compile("(?m)^```(\\w+)([^\\n]*)\\n(.*?)^```$", Pattern.DOTALL);
    private static final String SKIP = "skip: ";
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    private static String once;

    /** Commands about "the newest job" find one that has ended. */
    @BeforeEach
    void thereIsAJob() {
        if (once == null) {
            once = Jobs.submit("issue-responder", "Say hello.");
            Jobs.awaitFinal(once);
        }
    }

    /** Commands as somebody copies them. */
    record Script(String name, String why, String text) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<MatchResult> blocks(Path document, String language) throws IOException {
        return BLOCK.matcher(Files.readString(document))
                .results()
                .filter(block -> block.group(1).equals(language))
                .toList();
    }

    private static List<Script> scripts() throws IOException {
        List<Script> scripts = new ArrayList<>();
        for (Path document : List.of(README, GUIDE, CALLERS, CLIENT)) {
            String text = Files.readString(document);
            for (MatchResult block : blocks(document, "sh")) {
                long line = text.substring(0, block.start()).lines().count() + 1;
                scripts.add(new Script(document + ":" + line, block.group(2).strip(), block.group(3)));
            }
        }
        return scripts;
    }

    static Stream<Script> runnable() throws IOException {
        return scripts().stream().filter(script -> !script.why().startsWith(SKIP));
    }

    @ParameterizedTest
    @MethodSource("runnable")
    void whatIsSaidToTypeWorks(Script script) throws Exception {
        Path out = folder.resolve("out");
        var builder = new ProcessBuilder("sh", "-ec", script.text())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("URL", RestAssured.baseURI + ":" + RestAssured.port);
        builder.environment().put("SERVICE_URL", RestAssured.baseURI + ":" + RestAssured.port);
        builder.environment().put("TOKEN", ServiceUnderTest.TOKEN);
        builder.environment().put("API_BEARER_TOKEN", ServiceUnderTest.TOKEN);
        builder.environment().put("REPOSITORY", folder.toString());
        Process process = builder.start();

        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        String said = Files.readString(out, StandardCharsets.UTF_8);

        assertThat(ended).as("%s has not ended; it said%n%s", script, said).isTrue();
        assertThat(process.exitValue())
                .as("%s%n%s%n%s", script, script.text(), said)
                .isZero();
        assertThat(said)
                .doesNotContain("problem:job-not-found", "problem:not-found", "problem:internal", "command not found");
    }

    @Test
    void whatIsNotTriedIsNamed() throws IOException {
        assertThat(scripts().stream().map(Script::why).filter(why -> !why.isEmpty()))
                .containsExactlyInAnyOrder("skip: builds and plays the demo", "skip: builds and starts a service");
        assertThat(runnable()).hasSizeGreaterThan(15);
    }

    @Test
    void theEventsThatTheGuideShowsAreThoseOfTheContract() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (MatchResult block : blocks(GUIDE, "text")) {
            Matcher event = Pattern.compile("(?m)^event: (\\w+)\\ndata: (.*)$").matcher(block.group(3));
            while (event.find()) {
                if (!event.group(2).contains("\"job_id\"")) {
                    Contract.FILTER.checkEvent(new SseEvent(-1, event.group(1), event.group(2)));
                }
                shown.add(event.group(1));
            }
        }

        assertThat(shown).containsAll(JobEvent.TYPES).contains("delta");
    }
}
