package io.agentservice.testing;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/** What is logged in this JVM, from when it is opened until it is closed. */
public final class LogCapture extends Handler implements AutoCloseable {

    private static final PatternFormatter WHOLE = new PatternFormatter("%s");

    private final Logger logger;
    private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();

    private LogCapture(Logger logger) {
        this.logger = logger;
        logger.addHandler(this);
    }

    /** @param name of a logger; empty for all */
    public static LogCapture of(String name) {
        return new LogCapture(Logger.getLogger(name));
    }

    @Override
    public void publish(LogRecord logged) {
        records.add(logged);
    }

    /** Messages, with what was thrown. */
    public List<String> lines() {
        return records.stream()
                .map(logged -> text(logged) + (logged.getThrown() == null ? "" : " thrown=" + logged.getThrown()))
                .toList();
    }

    /** JBoss Logging puts in what a message names, or leaves that to the formatter: as the log manager is. */
    private static String text(LogRecord logged) {
        return logged instanceof ExtLogRecord ? WHOLE.format(logged) : logged.getMessage();
    }

    public List<LogRecord> records() {
        return List.copyOf(records);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
