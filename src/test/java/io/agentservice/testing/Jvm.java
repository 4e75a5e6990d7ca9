package io.agentservice.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service's JVM, seen with the tools of the JDK. */
public record Jvm(long pid) {

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

    /** The bytes of what is reachable on the heap; collects garbage. */
    public long liveHeapBytes() throws IOException, InterruptedException {
        return number(TOTAL, jcmd("GC.class_histogram"));
    }

    /** The memory that the process holds, in bytes. Linux only. */
    public long residentBytes() throws IOException {
        return 1024 * number(RSS, Files.readString(Path.of("/proc", Long.toString(pid), "status")));
    }

    public void startRecording() throws IOException, InterruptedException {
        jcmd("JFR.start", "name=bench", "settings=profile");
    }

    public void stopRecording(Path file) throws IOException, InterruptedException {
        jcmd("JFR.stop", "name=bench", "filename=" + file);
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            throw new IOException("not understood: " + text);
        }
        return Long.parseLong(match.group(1));
    }

    private String jcmd(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(pid));
        command.addAll(Arrays.asList(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}
