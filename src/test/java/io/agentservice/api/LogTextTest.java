package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a person reads. */
class LogTextTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Sheet sheet = new Sheet(60, false);
    private final LogText log = new LogText(sheet);

    private void event(String type, String data) {
        try {
            ObjectNode node = (ObjectNode) JSON.readTree(data.replace('\'', '"'));
            log.event(type, node.has("at") ? node : node.put("at", "2026-01-01T00:00:00Z"));
        } catch (IOException e) {
            throw new IllegalArgumentException(data, e);
        }
    }

    private void delta(String kind, String text) {
        log.delta(JSON.createObjectNode().put("kind", kind).put("text", text));
    }

    private void message(String text) {
        log.event("message", JSON.createObjectNode().put("role", "assistant").put("text", text));
    }

    @Test
    void aRunReadsFromTheFirstLineToTheCost() {
        event("status", "{'at':'2026-01-01T00:00:00Z','status':'queued','attempt':0}");
        event("status", "{'at':'2026-01-01T00:00:01.250Z','status':'running','attempt':1}");
        event("status", """
                {'at':'2026-01-01T00:00:02Z','phase':'initialized',
                 'detail':{'model':'m','permission_mode':'default','claude_code_version':'2.1.330'}}""");
        event("usage", "{'message_id':'m'}");
        event("message", "{'role':'assistant','text':'I look at what the check says before I change anything here.'}");
        event("tool_call", "{'id':'t1','name':'Bash','input':{'description':'d','command':'./check\\nmore'}}");
        event("tool_result", "{'tool_call_id':'t1','is_error':true,'content':'Exit code 1\\nFAIL  gitea'}");
        event("retry", "{'attempt':1,'max_retries':10,'delay_ms':1100,'http_status':529,'error':'overloaded'}");
        event("tool_call", "{'id':'t2','name':'Agent','input':{'description':'look'}}");
        event("tool_call", "{'id':'t3','name':'Grep','input':{'pattern':'5432'},'parent':'t2'}");
        event("tool_result", "{'tool_call_id':'t3','is_error':false,'content':'','parent':'t2'}");
        event("message", "{'role':'assistant','text':'Nothing here.','parent':'t2'}");
        event("tool_result", "{'tool_call_id':'t2','is_error':false,'content':'Nothing.'}");
        event("result", "{'is_error':false,'result':'x','detail':{'num_turns':7,'total_cost_usd':0.0282}}");
        event("status", "{'at':'2026-01-01T00:11:08Z','status':'completed','attempt':1}");

        assertThat(sheet.take()).isEqualTo("""
                   0.0 s  queued
                   1.3 s  running
                   2.0 s  agent is up: m, default, Claude Code 2.1.330

                I look at what the check says before I change anything here.

                ● Bash  ./check …
                  ✗ Exit code 1
                    FAIL  gitea

                ↻ API: overloaded (529), retry 1 of 10 in 1.1 s

                ● Agent  look
                  ● Grep  5432
                    ⎿ (no output)

                  Nothing here.

                  ⎿ Agent  look:
                    Nothing.

                ✓ completed  0:11:08 · 7 turns · $0.0282
                """);
    }

    @Test
    void aFailureSaysWhy() {
        event("status", "{'status':'queued','attempt':0}");
        event("stderr", "{'text':'\\u001b[31mcannot'}");
        event("output", "{'line':'odd'}");
        event("output", "{'line':'{\\u0022type\\u0022:1}'}");
        event("status", "{'status':'failed','attempt':1,'reason':'no_result','error':'it broke\\nhere'}");

        assertThat(sheet.take()).isEqualTo("""
                   0.0 s  queued

                stderr  cannot
                output  odd

                ✗ failed (no_result)  0.0 s
                  it broke
                  here
                """);
    }

    @Test
    void wordsAppearAsTheyComeAndTheWholeMessageIsNotShownAgain() {
        delta("text", "Let me ");
        assertThat(sheet.take()).isEqualTo("Let me");
        delta("text", "look");
        assertThat(sheet.take()).as("a word is shown when it is complete").isEmpty();
        delta("text", " at it.");
        message("Let me look at it. Now.");
        message("And more.");

        assertThat(sheet.take()).isEqualTo(" look at it. Now.\n\nAnd more.\n");
    }

    @Test
    void aMessageThatIsInterruptedGoesOnWhereItWas() {
        delta("text", "Let me look ");
        event("stderr", "{'text':'noise'}");
        delta("text", "at it ");
        message("Let me look at it now.");

        assertThat(sheet.take()).isEqualTo("Let me look\n\nstderr  noise\n\nat it now.\n");
    }

    @Test
    void aMessageOtherThanItsDeltasIsShownWhole() {
        delta("text", "Something ");
        message("Else entirely.");

        assertThat(sheet.take()).isEqualTo("Something\n\nElse entirely.\n");
    }

    @Test
    void thinkingAndWordsAreParagraphsOfTheirOwn() {
        delta("thinking", "Hm. ");
        event("thinking", "{'text':'Hm. Well.'}");
        delta("text", "So ");
        message("So it is.");

        assertThat(sheet.take()).isEqualTo("Hm. Well.\n\nSo it is.\n");
    }

    /** However the text comes in pieces, it reads as if it had come at once. */
    @Test
    void piecesMakeTheSameTextAsTheWhole() {
        var random = new Random(3);
        String bits = "ab c\n  漢\u001b[31m-x";
        for (int round = 0; round < 2_000; round++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(400); n > 0; n--) {
                text.append(random.nextInt(60) == 0 ? "w".repeat(150) : bits.charAt(random.nextInt(3) * 2));
            }
            String whole = text + "end";
            for (int from = 0; from < whole.length(); ) {
                int to = Math.min(whole.length(), from + 1 + random.nextInt(90));
                delta("text", whole.substring(from, to));
                from = to;
            }
            message(whole);
            String inPieces = sheet.take();
            var other = new Sheet(60, false);
            new LogText(other)
                    .event(
                            "message",
                            JSON.createObjectNode().put("role", "assistant").put("text", whole));

            assertThat(inPieces.strip()).isEqualTo(other.take().strip());
        }
    }

    @Test
    void colourIsThereOnlyIfItIsAskedFor() {
        var coloured = new Sheet(60, true);
        new LogText(coloured).event("stderr", JSON.createObjectNode().put("text", "bad \u001b[32m"));

        assertThat(coloured.take()).isEqualTo("\u001b[31mstderr  bad\u001b[0m\n");
    }

    @Test
    void aHugeMessageIsCut() {
        message("x".repeat(5_000_000));

        assertThat(sheet.take()).hasSizeLessThan(300_000).contains("more characters");
    }
}
