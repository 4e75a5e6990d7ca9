package io.agentservice.testing;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged in this JVM, from when it is opened until it is closed. */
public final class LogCapture extends Handler implements AutoCloseable {

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

    /** Messages, as they were before what they name was put in; with the stack traces' first lines. */
    public List<String> lines() {
        return records.stream()
                .map(logged ->
                        logged.getMessage() + (logged.getThrown() == null ? "" : " thrown=" + logged.getThrown()))
                .toList();
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
