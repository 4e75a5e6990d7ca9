package io.agentservice.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** An image as a file, as {@code docker save} writes it. */
record SavedImage(Path folder, String tag, JsonNode config, List<Path> layers) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ENTRY = Pattern.compile(
            "(?<mode>\\S{10}) +(?<owner>\\d+/\\d+) +\\S+ \\S+ \\S+ (?:\\./)?(?<name>.*?)(?: -> .*| link to .*)?");

    /** @param mode as ls shows it; {@code owner} is uid/gid */
    record Entry(String mode, String owner, String name) {

        boolean isFile() {
            return mode.startsWith("-");
        }

        /** For anybody but its owner. */
        boolean isWritable() {
            return !mode.startsWith("l") && (mode.charAt(5) == 'w' || mode.charAt(8) == 'w');
        }

        boolean changesTheUser() {
            return isFile() && (mode.charAt(3) == 's' || mode.charAt(6) == 's');
        }
    }

    /** @param folder an empty one, which then holds the layers */
    static SavedImage open(Path file, Path folder) throws IOException {
        run("tar", "-xf", file.toString(), "-C", folder.toString());
        JsonNode manifest =
                JSON.readTree(folder.resolve("manifest.json").toFile()).get(0);
        return new SavedImage(
                folder,
                manifest.get("RepoTags").get(0).asText(),
                JSON.readTree(folder.resolve(manifest.get("Config").asText()).toFile()),
                texts(manifest.get("Layers")).stream().map(folder::resolve).toList());
    }

    static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    JsonNode settings() {
        return config.get("config");
    }

    List<Entry> entries(Path layer) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String line :
                run("tar", "--numeric-owner", "-tvf", layer.toString()).split("\n")) {
            Matcher entry = ENTRY.matcher(line);
            if (!entry.matches()) {
                throw new IOException("not understood: " + line);
            }
            entries.add(new Entry(entry.group("mode"), entry.group("owner"), entry.group("name")));
        }
        return entries;
    }

    /** Lays its layers one over the other, with owners and modes: for root only. */
    Path unpackInto(Path root) throws IOException {
        Files.createDirectories(root);
        for (Path layer : layers) {
            run("tar", "--numeric-owner", "-xpf", layer.toString(), "-C", root.toString());
        }
        return root;
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("failed: " + String.join(" ", command));
        }
        return said;
    }
}
