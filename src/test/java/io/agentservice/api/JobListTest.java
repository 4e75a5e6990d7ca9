package io.agentservice.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.agentservice.testing.Jobs;
import io.agentservice.testing.ServiceUnderTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of jobs, as callers page through it. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
class JobListTest {

    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

    private final String batch = UUID.randomUUID().toString();

    private String submit(String agent, Map<String, ?> metadata) {
        return Jobs.submit(Map.of("agent", agent, "prompt", "hi", "metadata", metadata));
    }

    private static Response list(Object... parameters) {
        var request = Jobs.authorized();
        for (int i = 0; i < parameters.length; i += 2) {
            request.queryParam((String) parameters[i], parameters[i + 1]);
        }
        return request.get("/jobs");
    }

    private static List<String> ids(Object... parameters) {
        return list(parameters).then().statusCode(200).extract().jsonPath().getList("jobs.job_id");
    }

    @Test
    void aListedJobSaysWhatItIsWithoutWhatIsLong() {
        String id = submit("stub-after-result", Map.of("batch", batch, "ticket", 17));
        Jobs.awaitFinal(id);

        JsonPath list =
                list("metadata.batch", batch).then().statusCode(200).extract().jsonPath();

        JsonPath job = Jobs.get(id);
        Map<String, Object> listed = list.getMap("jobs[0]");
        assertThat(listed.keySet())
                .containsExactlyInAnyOrder(
                        "job_id",
                        "status",
                        "agent",
                        "model",
                        "metadata",
                        "created_at",
                        "started_at",
                        "finished_at",
                        "attempt",
                        "reason",
                        "error",
                        "exit_code",
                        "links");
        assertThat(listed).allSatisfy((name, value) -> assertThat(value).isEqualTo(job.get(name)));
        assertThat(list.getString("next_cursor")).isNull();
    }

    @Test
    void pagesAreFollowedByCursorAndByLink() {
        List<String> submitted = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            submitted.add(0, submit("stub-after-result", Map.of("batch", batch, "n o&=", "ü/" + batch)));
        }

        List<String> byCursor = new ArrayList<>(ids("metadata.batch", batch, "limit", 3));
        Response page = list("metadata.batch", batch, "limit", 3);
        for (String cursor; (cursor = page.path("next_cursor")) != null; ) {
            submit("stub-after-result", Map.of("batch", batch));
            page = list("metadata.batch", batch, "limit", 3, "cursor", cursor);
            byCursor.addAll(page.jsonPath().getList("jobs.job_id"));
        }
        List<String> byLink = new ArrayList<>();
        Response linked =
                list("metadata.n o&=", "ü/" + batch, "limit", 3, "status", "queued,running", "status", "completed");
        for (var next = NEXT.matcher(""); ; ) {
            byLink.addAll(linked.then().statusCode(200).extract().jsonPath().getList("jobs.job_id"));
            String link = linked.header("Link");
            if (link == null || !next.reset(link).matches()) {
                break;
            }
            linked = Jobs.authorized().urlEncodingEnabled(false).get(next.group(1));
        }

        assertThat(byCursor).isEqualTo(submitted);
        assertThat(byLink).doesNotHaveDuplicates().isEqualTo(submitted);
    }

    @Test
    void jobsAreFoundByEachFilterAndByAllTogether() {
        String before = Instant.now().minusSeconds(60).toString();
        String id = submit(".claude/agents/stub-after-result", Map.of("batch", batch, "ok", true, "n", 17));
        submit("reader", Map.of("batch", batch, "n", 18));
        Jobs.awaitFinal(id);

        assertThat(ids("metadata.batch", batch, "agent", ".claude/agents/stub-after-result.md"))
                .containsExactly(id);
        assertThat(ids("metadata.batch", batch, "metadata.n", 17)).containsExactly(id);
        assertThat(ids("metadata.batch", batch, "metadata.ok", true, "status", "completed", "created_after", before))
                .containsExactly(id);
        assertThat(ids("metadata.batch", batch, "created_after", "2126-01-01T00:00:00-01:00"))
                .isEmpty();
        assertThat(ids("agent", "stub-after-result", "status", "completed")).contains(id);
        assertThat(ids("metadata.batch", batch, "status", "cancelled")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            status=done                            | status        | known are queued, running, cancelling, completed
            status=                                | status        | '' is no status
            status=running,                        | status        | '' is no status
            status=RUNNING                         | status        | is no status
            agent=                                 | agent         | letters
            agent=../x                             | agent         | letters
            agent=a&agent=b                        | agent         | once
            limit=0                                | limit         | from 1 to 200
            limit=201                              | limit         | from 1 to 200
            limit=x                                | limit         | from 1 to 200
            limit=                                 | limit         | from 1 to 200
            cursor=                                | cursor        | next_cursor
            cursor=abc                             | cursor        | next_cursor
            cursor=***                             | cursor        | next_cursor
            cursor=AAAAAAAAAAAAAAAAAAAAAB          | cursor        | next_cursor
            created_after=yesterday                | created_after | such as 2026
            created_after=2026-11-24               | created_after | such as 2026
            created_after=2026-11-24T10:00:00+01:00| created_after | %2B
            created_after=%2B999999999-01-01T00:00:00Z | created_after | such as 2026
            metadata.a=1&metadata.a=2              | metadata.a    | once
            metadata.=1                            | metadata.     | unknown parameter
            metadata=1                             | metadata      | unknown parameter
            state=running                          | state         | known are status, agent
            """)
    void aWrongParameterIsNamed(String query, String field, String message) {
        Jobs.authorized()
                .urlEncodingEnabled(false)
                .get("/jobs?" + query)
                .then()
                .statusCode(400)
                .contentType(startsWith("application/problem+json"))
                .body("type", equalTo("urn:claude-agent-service:problem:invalid-request"))
                .body("errors.field", hasItem(field))
                .body("errors.message", hasItem(containsString(message)));
    }

    @Test
    void metadataIsFoundWithinBounds() {
        var many = Jobs.authorized();
        for (int i = 0; i < 9; i++) {
            many.queryParam("metadata.k" + i, i);
        }

        many.get("/jobs").then().statusCode(400).body("errors[0].message", containsString("at most 8"));
        list("metadata.k", "v".repeat(257)).then().statusCode(400).body("errors[0].message", containsString("256"));
        list("metadata.k", "v".repeat(256)).then().statusCode(200).body("next_cursor", nullValue());
    }

    @Test
    void theListNeedsTheToken() {
        given().get("/jobs").then().statusCode(401);
    }
}
