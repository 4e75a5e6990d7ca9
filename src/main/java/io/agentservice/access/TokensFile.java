package io.agentservice.access;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentservice.job.Allowance;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Tokens of a file, which is read every few seconds: what matters is what is in it, so it may be written in place,
 * replaced, or be behind the links that Kubernetes moves. One that cannot be understood changes nothing, wholly.
 */
@Singleton
final class TokensFile implements TokenSource {

    private static final int MAX_BYTES = 1 << 20;
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final AccessConfig config;
    private final Vertx vertx;
    private byte[] known = new byte[0];

    TokensFile(AccessConfig config, Vertx vertx) {
        this.config = config;
        this.vertx = vertx;
    }

    /** The whole file. Jackson makes it: a native executable has to be told. */
    @RegisterForReflection
    record Content(Map<String, Entry> tokens) {}

    /** One token of it. */
    @RegisterForReflection
    record Entry(
            List<String> values,
            List<String> roles,
            String read,
            List<String> agents,
            @JsonProperty("max-unfinished") Integer maxUnfinished,
            @JsonProperty("max-per-hour") Integer maxPerHour) {

        NamedToken as(String name) {
            Grant grant = TokenSettings.grant(
                    name,
                    roles == null ? List.of() : roles,
                    read == null ? "own" : read,
                    Optional.ofNullable(agents),
                    new Allowance(limit(maxUnfinished), limit(maxPerHour)));
            return NamedToken.of(grant, values == null ? List.of() : values);
        }

        private static OptionalInt limit(Integer number) {
            return number == null ? OptionalInt.empty() : OptionalInt.of(number);
        }
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public boolean isConfigured() {
        return config.tokensFile().isPresent();
    }

    @Override
    public void start(TokenBook book) {
        Path file = config.tokensFile().orElseThrow();
        look(file, book);
        vertx.setPeriodic(
                config.tokensFileInterval().toMillis(),
                tick -> vertx.executeBlocking(
                        () -> {
                            look(file, book);
                            return null;
                        },
                        false));
    }

    synchronized void look(Path file, TokenBook book) {
        try {
            byte[] content = read(file);
            if (!Arrays.equals(content, known)) {
                book.replace(name(), parse(content));
                known = content;
            }
        } catch (IOException | IllegalArgumentException e) {
            // So that the file of before is taken over when it comes back.
            known = new byte[0];
            book.broken(name(), why(e));
        }
    }

    private static byte[] read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IllegalArgumentException("it is larger than %d bytes".formatted(MAX_BYTES));
            }
            return content;
        }
    }

    private static List<NamedToken> parse(byte[] text) throws IOException {
        Content content = YAML.readValue(text, Content.class);
        // A file that is just being written is empty: to allow nobody one writes 'tokens: {}'.
        if (content == null || content.tokens() == null) {
            throw new IllegalArgumentException("it is empty: it begins with 'tokens:'");
        }
        List<NamedToken> tokens = new ArrayList<>();
        content.tokens().forEach((name, entry) -> {
            if (entry == null) {
                throw new IllegalArgumentException("'%s' says nothing".formatted(name));
            }
            tokens.add(entry.as(name));
        });
        return tokens;
    }

    /** In other words than the parser's, which repeat what it read: that may be a token. */
    private static String why(Exception e) {
        if (e instanceof JsonProcessingException json) {
            var at = json.getLocation();
            String where = at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr());
            return where + "this is not what a file of tokens holds" + path(json);
        }
        return e instanceof NoSuchFileException
                ? "it is not there"
                : Optional.ofNullable(e.getMessage()).orElse(e.toString());
    }

    private static String path(JsonProcessingException e) {
        return e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(JsonMappingException.Reference::getFieldName)
                        .map(name -> name == null ? "[]" : name)
                        .collect(Collectors.joining(".", " at ", ""))
                : "";
    }
}
