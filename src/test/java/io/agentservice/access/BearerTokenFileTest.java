package io.agentservice.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.secrets.KnownSecrets;
import io.agentservice.testing.HandClock;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BearerTokenFileTest {

    private final HandClock clock = new HandClock(Instant.parse("2026-11-24T10:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void aFileThatWasAwayAndIsBackIsNoTroubleAnyMoreAndTheGraceOfAnOldTokenEnds() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "first-token-1234\n");
        AccessConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(AccessConfig.class)
                .withDefaultValue("agent-service.access.bearer-token-file", file.toString())
                .build()
                .getConfigMapping(AccessConfig.class);
        var book = new TokenBook(clock, config);
        var source = new BearerTokenFile(config, new SimpleToken(config), new KnownSecrets());
        source.look(book);

        Files.delete(file);
        source.look(book);
        assertThat(book.broken()).containsKey("token-file");
        assertThat(book.find(TokenHash.of("first-token-1234"))).isPresent();

        Files.writeString(file, "first-token-1234\n");
        source.look(book);
        assertThat(book.broken()).isEmpty();

        Files.writeString(file, "second-token-1234\n");
        source.look(book);
        clock.advance(Duration.ofMinutes(1));
        source.look(book);
        assertThat(book.find(TokenHash.of("first-token-1234"))).isPresent();
        clock.advance(Duration.ofMinutes(4));
        assertThat(book.find(TokenHash.of("first-token-1234"))).isEmpty();
        assertThat(book.find(TokenHash.of("second-token-1234"))).isPresent();
    }
}
