package io.agentservice.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Dockerfile, read for what it says. */
record Dockerfile(Path path, List<Instruction> instructions) {

    private static final Path FOLDER = Path.of("src/main/docker");
    private static final Pattern PAIR = Pattern.compile("([\\w.]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|\\S+)");

    record Instruction(String name, String rest) {

        /** The arguments of a COPY without its options. */
        List<String> words() {
            return Arrays.stream(rest.split("\\s+"))
                    .filter(word -> !word.startsWith("--"))
                    .toList();
        }
    }

    static List<Dockerfile> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.getFileName().toString().startsWith("Dockerfile."))
                    .sorted()
                    .map(Dockerfile::read)
                    .toList();
        }
    }

    static Dockerfile named(String name) {
        return read(FOLDER.resolve("Dockerfile." + name));
    }

    private static Dockerfile read(Path path) {
        try {
            String text = Files.readString(path).replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n", " ");
            return new Dockerfile(
                    path,
                    text.lines()
                            .filter(line -> !line.isBlank())
                            .map(line -> line.strip().split("\\s+", 2))
                            .map(parts -> new Instruction(parts[0], parts[1]))
                            .toList());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Stream<Instruction> all(String name) {
        return instructions.stream().filter(instruction -> instruction.name().equals(name));
    }

    /** The last one of the file: what the image has. */
    String last(String name) {
        return all(name)
                .reduce((first, second) -> second)
                .map(Instruction::rest)
                .orElse("");
    }

    /** Each ARG with its default, empty where there is none. */
    Map<String, String> arguments() {
        Map<String, String> arguments = new HashMap<>();
        all("ARG").forEach(argument -> {
            String[] parts = argument.rest().split("=", 2);
            arguments.put(parts[0], parts.length == 2 ? parts[1] : "");
        });
        return arguments;
    }

    /** The pairs of all ENV or LABEL instructions, without their quotes. */
    Map<String, String> pairs(String name) {
        return all(name)
                .flatMap(instruction -> PAIR.matcher(instruction.rest()).results())
                .collect(Collectors.toMap(pair -> pair.group(1), pair -> unquoted(pair.group(2))));
    }

    private static String unquoted(String value) {
        return value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
    }

    List<String> entryPoint() throws IOException {
        String json = last("ENTRYPOINT");
        return json.isEmpty() ? List.of() : List.of(new ObjectMapper().readValue(json, String[].class));
    }

    /** What is copied from the checkout, not from another stage. */
    List<String> copied() {
        return all("COPY")
                .filter(copy -> !copy.rest().contains("--from="))
                .map(Instruction::words)
                .flatMap(words -> words.subList(0, words.size() - 1).stream())
                .toList();
    }

    /** The images that it starts from, as ${NAME} of an argument or as the name of an earlier stage. */
    List<String> bases() {
        return all("FROM").map(from -> from.rest().split(" ")[0]).toList();
    }

    List<String> stages() {
        Matcher named = Pattern.compile("(?m) AS (\\S+)$")
                .matcher(all("FROM").map(Instruction::rest).collect(Collectors.joining("\n")));
        return named.results().map(name -> name.group(1)).toList();
    }

    @Override
    public String toString() {
        return path.getFileName().toString();
    }
}
