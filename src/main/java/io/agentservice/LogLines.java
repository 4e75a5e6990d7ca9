package io.agentservice;

import io.agentservice.job.JobId;
import io.agentservice.job.LogKeys;
import io.quarkus.logging.LoggingFilter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.formatters.PatternFormatter;

/**
 * Makes each record what the operator's tools expect: in JSON the keys of a line are fields, in text a record is known
 * by its first line, whatever a caller has put into a name. Lets every record pass.
 */
@LoggingFilter(name = "log-lines")
public final class LogLines implements Filter {

    private static final Set<String> KEYS =
            Set.of("jobId", "agent", "attempt", "submitter", "status", "reason", "traceId");

    private static final PatternFormatter MESSAGE = new PatternFormatter("%s");

    private final boolean json;

    LogLines(@ConfigProperty(name = "quarkus.log.console.json.enabled") boolean json) {
        this.json = json;
    }

    @Override
    public boolean isLoggable(LogRecord entry) {
        if (entry instanceof ExtLogRecord line) {
            if (json) {
                giveFields(line);
            } else {
                keepInPlace(line);
            }
        }
        return true;
    }

    /** Only of our own types: what a text holds proves nothing. */
    private static void giveFields(ExtLogRecord line) {
        // Others put theirs there, too.
        line.getMdcCopy().keySet().stream().filter(key -> !KEYS.contains(key)).forEach(line::removeMdc);
        Object[] parameters = line.getParameters();
        if (parameters == null) {
            return;
        }
        Object[] others = parameters.clone();
        for (int i = 0; i < others.length; i++) {
            if (others[i] instanceof JobId id) {
                LogKeys.of(id).entries().forEach(line::putMdc);
            } else if (others[i] instanceof LogKeys keys) {
                keys.entries().forEach(line::putMdc);
                others[i] = "";
            }
        }
        line.setParameters(others);
        line.setMessage(MESSAGE.format(line).stripTrailing(), FormatStyle.NO_FORMAT);
    }

    /** What comes below the first line is set in, so that it cannot pass for another record. */
    private static void keepInPlace(ExtLogRecord line) {
        var text = new StringWriter().append(MESSAGE.format(line));
        if (line.getThrown() != null) {
            line.getThrown().printStackTrace(new PrintWriter(text.append('\n')));
            line.setThrown(null);
        }
        line.setParameters(null);
        line.setMessage(
                text.toString().lines().map(LogLines::plain).collect(Collectors.joining("\n\t")),
                FormatStyle.NO_FORMAT);
    }

    private static String plain(String text) {
        boolean clean = text.codePoints().noneMatch(LogLines::movesOn);
        return clean
                ? text
                : text.codePoints()
                        .mapToObj(c -> movesOn(c) ? "\\u%04x".formatted(c) : Character.toString(c))
                        .collect(Collectors.joining());
    }

    /** What a terminal or a reader of lines would obey instead of showing it. */
    private static boolean movesOn(int c) {
        int type = Character.getType(c);
        return c != '\t'
                && (type == Character.CONTROL
                        || type == Character.FORMAT
                        || type == Character.LINE_SEPARATOR
                        || type == Character.PARAGRAPH_SEPARATOR);
    }
}
