package io.agentservice.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Writes lines to a process's stdin on a thread of its own: a process that does not read holds up nobody else. */
final class InputPump implements Runnable {

    /** Stands for the end of the input. */
    private static final String END = new String("end");

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final OutputStream stdin;

    InputPump(OutputStream stdin) {
        this.stdin = stdin;
    }

    void send(String line) {
        lines.add(line);
    }

    void end() {
        lines.add(END);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void run() {
        try (stdin) {
            for (String line; (line = lines.take()) != END; ) {
                stdin.write(line.getBytes(StandardCharsets.UTF_8));
                stdin.write('\n');
                stdin.flush();
            }
        } catch (IOException processStoppedReading) {
            // It has ended or closed its stdin: its exit and its output tell the rest.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
