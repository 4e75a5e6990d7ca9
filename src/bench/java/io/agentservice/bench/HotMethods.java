package io.agentservice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Where a recorded JVM spent its time, by samples of running threads. */
final class HotMethods {

    private static final int TOP = 10;
    private static final String OURS = "io.agentservice.";
    private static final String JAVA_SAMPLE = "jdk.ExecutionSample";
    private static final String NATIVE_SAMPLE = "jdk.NativeMethodSample";
    /** Threads in these wait, whatever the sampler thinks. */
    private static final Set<String> WAITING = Set.of(
            "EPoll.wait",
            "Native.epollWait",
            "Native.epollWait0",
            "FileInputStream.readBytes",
            "ProcessHandleImpl.waitForProcessExit0");

    private HotMethods() {}

    static Table of(String title, Path recording) throws IOException {
        List<RecordedEvent> samples = RecordingFile.readAllEvents(recording).stream()
                .filter(HotMethods::isWork)
                .toList();
        List<Map.Entry<String, Integer>> self = count(samples, event -> name(top(event)));
        List<Map.Entry<String, Integer>> ours = count(samples, HotMethods::ourMethod);
        var table = new Table(title, "share", "method at work", "share", "our method on whose behalf");
        for (int i = 0; i < Math.min(TOP, Math.min(self.size(), ours.size())); i++) {
            table.row(
                    percent(self.get(i).getValue(), samples.size()),
                    self.get(i).getKey(),
                    percent(ours.get(i).getValue(), samples.size()),
                    ours.get(i).getKey());
        }
        return table.note("%d samples.".formatted(samples.size()));
    }

    private static boolean isWork(RecordedEvent event) {
        String type = event.getEventType().getName();
        boolean sample = type.equals(JAVA_SAMPLE) || type.equals(NATIVE_SAMPLE);
        return sample
                && event.getStackTrace() != null
                && !event.getStackTrace().getFrames().isEmpty()
                && !WAITING.contains(name(top(event)));
    }

    private static RecordedFrame top(RecordedEvent event) {
        return event.getStackTrace().getFrames().get(0);
    }

    /** The nearest method of ours that the sampled one was called by. */
    private static String ourMethod(RecordedEvent event) {
        return event.getStackTrace().getFrames().stream()
                .filter(frame -> frame.getMethod().getType().getName().startsWith(OURS))
                .findFirst()
                .map(HotMethods::name)
                .orElse("(none of ours)");
    }

    private static String name(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "."
                + frame.getMethod().getName();
    }

    private static List<Map.Entry<String, Integer>> count(
            List<RecordedEvent> samples, Function<RecordedEvent, String> by) {
        Map<String, Integer> counts = new HashMap<>();
        samples.forEach(event -> counts.merge(by.apply(event), 1, Integer::sum));
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .toList();
    }

    private static String percent(int part, int all) {
        return "%.1f %%".formatted(100.0 * part / all);
    }
}
