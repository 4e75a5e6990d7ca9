package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.agentservice.testing.GitRepo;
import io.agentservice.testing.Given;
import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs with a checkout of their own, through the whole service, with the real CLI and the real git. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@Tag("full")
class GitJobsTest {

    @Given("agent-service.workspace.jobs-directory")
    Path jobs;

    @TempDir
    Path folder;

    private GitRepo remote() {
        return new GitRepo(jobs.resolveSibling("infra.git"));
    }

    private static String bash(String command) {
        return "Run it. <<fake [{\"tool\":\"Bash\",\"input\":{\"command\":\"%s\"}},{\"text\":\"done\"}]>>"
                .formatted(command);
    }

    private static List<String> phases(String id) {
        return Jobs.events(id).stream()
                .filter(event -> event.is("status"))
                .map(event -> event.json().getString("phase"))
                .filter(java.util.Objects::nonNull)
                .filter(phase -> !phase.equals("waiting"))
                .toList();
    }

    private static String awaitPhase(String id, String phase) {
        try (var stream = Jobs.follow(id, "", Optional.empty())) {
            List<SseEvent> seen = stream.until(
                    event -> event.is("status") && phase.equals(event.json().getString("phase")));
            return seen.get(seen.size() - 1).data();
        }
    }

    @Test
    void aJobCommitsAndPushesFromItsOwnCheckout() throws Exception {
        String id = Jobs.submit(
                "git-agent", bash("echo x > pushed.txt && git add . && git commit -qm work && git push -q"));
        JsonPath job = Jobs.awaitFinal(id);

        assertThat(job.getString("status")).as(job.prettify()).isEqualTo("completed");
        assertThat(remote().git("log", "-1", "--format=%s by %an", "main")).isEqualTo("work by Git Agent");
        assertThat(phases(id)).contains("fetched", "workspace_ready", "changes");
        assertThat(jobs.resolve("workspaces").resolve(id)).doesNotExist();
        JsonPath changes = Jobs.authorized()
                .get("/jobs/" + id + "/changes")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(changes.getList("commits.subject")).containsExactly("work");
        assertThat(changes.getList("commits.pushed")).containsExactly(true);
        Jobs.authorized()
                .get("/jobs/" + id + "/diff")
                .then()
                .statusCode(200)
                .contentType("text/x-diff")
                .body(containsString("+++ b/pushed.txt"));
        Jobs.authorized().get("/jobs/" + id + "/bundle").then().statusCode(404);
        Jobs.authorized().delete("/jobs/" + id + "/workspace").then().statusCode(404);
    }

    @Test
    void whatWasNotPushedCanBeFetchedFromTheBundle() throws Exception {
        String id = Jobs.submit("git-agent", bash("git checkout -qb kept && git commit -q --allow-empty -m kept"));
        Jobs.awaitFinal(id);

        byte[] bundle = Jobs.authorized()
                .get("/jobs/" + id + "/bundle")
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();

        Path file = Files.write(folder.resolve("bundle"), bundle);
        assertThat(remote().git("bundle", "list-heads", file.toString())).contains("refs/heads/kept");
    }

    @Test
    void theCheckoutOfAFailedJobIsKeptListedAndRemovedOnDemand() {
        String id = Jobs.submit("stub-exit-3-git", "hi");
        JsonPath job = Jobs.awaitFinal(id);
        assertThat(job.getString("status")).isEqualTo("failed");

        JsonPath listed = Jobs.authorized()
                .get("/workspaces")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(listed.getList("kept.job_id")).contains(id);
        assertThat(listed.getLong("free_bytes")).isPositive();
        assertThat(jobs.resolve("workspaces").resolve(id).resolve("README.md")).exists();

        Jobs.authorized().delete("/jobs/" + id + "/workspace").then().statusCode(204);

        assertThat(jobs.resolve("workspaces").resolve(id)).doesNotExist();
    }

    @Test
    void jobsWorkBesideEachOtherAndNotInEachOthersFiles() {
        Path go = folder.resolve("go");
        String waiting = Jobs.submit("stub-waits-git", "wait-for:" + go);
        awaitPhase(waiting, "workspace_ready");
        JsonPath other = Jobs.run("git-agent", bash("rm -rf README.md && ls"));

        assertThat(other.getString("status")).isEqualTo("completed");
        assertThat(jobs.resolve("workspaces").resolve(waiting).resolve("README.md"))
                .exists();
        Jobs.authorized()
                .get("/jobs/" + waiting + "/changes")
                .then()
                .statusCode(409)
                .body("type", containsString("not-ended"), "job_status", equalTo("running"));
        Jobs.authorized().delete("/jobs/" + waiting + "/workspace").then().statusCode(409);
        assertThat(go.toFile().mkdir()).isTrue();
        assertThat(Jobs.awaitFinal(waiting).getString("status")).isEqualTo("completed");
    }

    @Test
    void aJobThatFillsTheDiskIsEndedForIt() {
        JsonPath job = Jobs.run("git-agent", bash("head -c 30000000 /dev/zero > big && sleep 60"));

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("disk");
        assertThat(job.getString("error")).contains("max-bytes");
        Jobs.authorized()
                .delete("/jobs/" + job.getString("job_id") + "/workspace")
                .then()
                .statusCode(204);
    }

    @Test
    void aRefThatIsNotThereFailsTheJobInWords() {
        JsonPath job = Jobs.awaitFinal(Jobs.submit(Map.of("agent", "git-agent", "prompt", "hi", "ref", "no/such")));

        assertThat(job.getString("status")).isEqualTo("failed");
        assertThat(job.getString("reason")).isEqualTo("workspace");
        assertThat(job.getString("error")).contains("has no branch, tag or commit 'no/such'");
        assertThat(job.getString("ref")).isEqualTo("no/such");
        Jobs.authorized()
                .get("/jobs/" + job.getString("job_id") + "/changes")
                .then()
                .statusCode(404);
    }

    @Test
    void whatCannotBeARefOrARepositoryIsRefusedWithTheField() {
        for (String ref : List.of("--upload-pack=x", "-x", "a..b", "refs/../x")) {
            refused(Map.of("agent", "git-agent", "prompt", "hi", "ref", ref), 400, "ref");
        }
        refused(Map.of("agent", "git-agent", "prompt", "hi", "repository", "../x"), 400, "repository");
        refused(Map.of("agent", "git-agent", "prompt", "hi", "repository", "other"), 403, "infra");
        refused(Map.of("agent", "reader", "prompt", "hi", "ref", "main"), 403, "does not work on a repository");
    }

    private static void refused(Map<String, ?> body, int status, String word) {
        Jobs.authorized()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/execute")
                .then()
                .statusCode(status)
                .body(containsString(word));
    }

    @Test
    void agentsAreThoseOfTheFolderAndOfTheRepository() {
        List<String> names = Jobs.authorized()
                .get("/agents")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("agents.name");

        assertThat(names).contains("git-agent", "issue-responder");
    }

    @Test
    void aJobThatNeedsTheFolderForItselfWaitsForItsTurn() {
        Path go = folder.resolve("go");
        String sharing = Jobs.submit("stub-waits", "wait-for:" + go);
        try (var stream = Jobs.follow(sharing, "", Optional.empty())) {
            stream.until(event -> event.is("message"));
        }

        String alone = Jobs.submit("alone", "hi <<fake text>>");

        assertThat(awaitPhase(alone, "waiting")).contains("\"waiting_for\":\"workspace\"");
        assertThat(go.toFile().mkdir()).isTrue();
        assertThat(Jobs.awaitFinal(alone).getString("status")).isEqualTo("completed");
        await().untilAsserted(
                        () -> assertThat(Jobs.get(sharing).getString("status")).isEqualTo("completed"));
    }

    @Test
    void healthTellsHowFreshTheMirrorsAre() {
        Jobs.run("git-agent", "hi <<fake text>>");

        String health = io.restassured.RestAssured.get("/q/health/ready").asString();

        assertThat(health).contains("\"workspace\"", "free_bytes", "infra-", "_fetched");
    }
}
