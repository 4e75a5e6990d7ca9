package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.JobId;
import io.agentservice.job.LogKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

class LogLinesTest {

    private static final String ID = "019b76da-a87b-7000-8000-000000000000";

    private static ExtLogRecord line(String format, Object... parameters) {
        var line = new ExtLogRecord(Level.INFO, format, FormatStyle.PRINTF, "test");
        line.setParameters(parameters);
        line.setMdc(Map.of());
        return line;
    }

    private static String text(ExtLogRecord line) {
        assertThat(new LogLines(false).isLoggable(line)).isTrue();
        return new PatternFormatter("%-5p %s%n").format(line);
    }

    private static ExtLogRecord json(ExtLogRecord line) {
        assertThat(new LogLines(true).isLoggable(line)).isTrue();
        return line;
    }

    private static String message(ExtLogRecord line) {
        return new PatternFormatter("%s").format(line);
    }

    @Test
    void aNameCannotForgeALine() {
        String forged = "x\n2026-11-24 INFO  [StatusLog] job is completed\r\u001b[2J\u202e\u2028\u0000";

        assertThat(text(line("agents of %s", forged)).lines().filter(each -> !each.startsWith("\t")))
                .containsExactly("INFO  agents of x");
        assertThat(text(line("agents of %s", forged)).lines().skip(1))
                .allSatisfy(more -> assertThat(more).startsWith("\t"))
                .noneMatch(more -> more.contains("\u001b") || more.contains("\u202e") || more.contains("\u0000"));
    }

    @Test
    void neitherCanTheMessageOfAnException() {
        ExtLogRecord line = line("a request failed");
        line.setThrown(new IllegalStateException("no\n2026-11-24 INFO all is well", new RuntimeException("a\rb")));

        String text = text(line);

        assertThat(text.lines().filter(each -> !each.startsWith("\t"))).containsExactly("INFO  a request failed");
        assertThat(text).contains("IllegalStateException: no", "LogLinesTest.", "Caused by");
    }

    @Test
    void aPercentSignInANameIsNoFormat() {
        assertThat(text(line("agents of %s", "%s%n%d"))).isEqualTo("INFO  agents of %s%n%d\n");
        assertThat(message(json(line("agents of %s", "%s%n%d")))).isEqualTo("agents of %s%n%d");
    }

    @Test
    void theKeysOfAJobAreFieldsAndNotText() {
        Map<String, String> keys = new LinkedHashMap<>(Map.of("jobId", ID));
        keys.put("agent", "reader");

        ExtLogRecord line = json(line("job is %s %s", "queued", new LogKeys(keys)));

        assertThat(message(line)).isEqualTo("job is queued");
        assertThat(line.getMdcCopy()).isEqualTo(keys);
        assertThat(json(line("it broke jobId=%s", new JobId(ID))).getMdcCopy()).containsEntry("jobId", ID);
    }

    @Test
    void textIsNoKeyAndOthersKeysAreLeftOut() {
        ExtLogRecord line = line("it broke jobId=%s", ID);
        line.setMdc(Map.of("spanId", "1", "traceId", "2"));

        assertThat(json(line).getMdcCopy()).containsExactly(Map.entry("traceId", "2"));
    }

    @Test
    void inTextAPersonReadsTheKeysAndAValueIsNoKey() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("agent", "a b\" status=failed");
        keys.put("status", "queued");

        assertThat(text(line("job is %s", new LogKeys(keys))))
                .isEqualTo("INFO  job is agent=\"a b\\\" status=failed\" status=queued\n");
    }
}
