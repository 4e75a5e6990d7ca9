package io.agentservice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.Allowance;
import io.agentservice.testing.HandClock;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenBookTest {

    private final HandClock clock = new HandClock(Instant.parse("2026-11-24T10:00:00Z"));
    private final AccessConfig config = new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(AccessConfig.class)
            .build()
            .getConfigMapping(AccessConfig.class);
    private final TokenBook book = new TokenBook(clock, config);

    @TempDir
    Path folder;

    private static NamedToken token(String name, String... values) {
        return NamedToken.of(
                new Grant(name, Set.of(Role.READ), false, List.of(), Allowance.UNLIMITED), List.of(values));
    }

    private boolean opens(String value) {
        return book.find(TokenHash.of(value)).isPresent();
    }

    @Test
    void everyCandidateIsLookedAtWhicheverFits() {
        book.replace("file", List.of(token("a", "1"), token("b", "2"), token("c", "3", "4")));

        for (String sent : List.of("1", "4", "none")) {
            List<TokenHash> seen = new ArrayList<>();
            book.find(TokenHash.of(sent), (candidate, other) -> {
                seen.add(candidate);
                return candidate.isSame(other);
            });
            assertThat(seen).hasSize(4);
        }
    }

    @Test
    void aValueThatWasReplacedIsGoodForTheGraceAndNoLonger() {
        book.replace("file", List.of(token("ci", "old")));
        book.replace("file", List.of(token("ci", "new")));
        assertThat(opens("old")).isTrue();
        assertThat(opens("new")).isTrue();

        clock.advance(Duration.ofMinutes(5));

        assertThat(opens("old")).isFalse();
        assertThat(opens("new")).isTrue();
    }

    @Test
    void aValueThatWasTakenAwayWithoutANewOneIsGoneAtOnce() {
        book.replace("file", List.of(token("ci", "old", "new"), token("other", "x")));

        book.replace("file", List.of(token("ci", "new")));

        assertThat(opens("old")).isFalse();
        assertThat(opens("x")).isFalse();
    }

    @Test
    void aHashInPlaceOfTheTokenIsAsGood() {
        String sha = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        book.replace("file", List.of(token("ci", sha)));

        assertThat(opens("abc")).isTrue();
        assertThat(opens(sha)).isFalse();
    }

    @Test
    void whatCannotBeATokenIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> token("ci", "sha256:hush"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hush");
        for (String name : List.of("../x", "--flag", "a b", "system:serviceaccount:a:b", "a\0", "ｃi", "")) {
            assertThatThrownBy(() -> token(name, "v")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> book.replace("file", List.of(token("a", "v"), token("b", "v"))))
                .hasMessageContaining("twice");
    }

    @Test
    void aBrokenFileKeepsTheTokensOfBefore() throws Exception {
        Path file = folder.resolve("tokens.yaml");
        var source = new TokensFile(config, null);
        Files.writeString(file, "tokens: {ci: {values: [one], roles: [submit, read], max-per-hour: 3}}");
        source.look(file, book);
        assertThat(book.find(TokenHash.of("one")).orElseThrow().allowance().perHour())
                .hasValue(3);

        for (String broken : List.of(
                "",
                "tokens: {ci: {values: [two-hush], roles: [king]}}",
                "tokens: [hush",
                "{}",
                "tokens: {ci: hush}",
                "tokens: {ci: {values: [a], roles: [read], oops: 1}}")) {
            Files.writeString(file, broken);
            source.look(file, book);
            assertThat(opens("one")).as(broken).isTrue();
            assertThat(book.broken().get("file")).as(broken).isNotEmpty().doesNotContain("hush");
        }
        Files.delete(file);
        source.look(file, book);
        assertThat(opens("one")).isTrue();

        Files.writeString(file, "{\"tokens\": {\"ci\": {\"values\": [\"two\"], \"roles\": [\"read\"]}}}");
        source.look(file, book);
        assertThat(opens("two")).isTrue();
        assertThat(book.broken()).isEmpty();
    }

    @Test
    void adminMayDoAllAndOthersWhatTheyWereGiven() {
        var admin = new Grant("a", Set.of(Role.ADMIN), false, List.of(), Allowance.UNLIMITED);
        var submit = new Grant("s", Set.of(Role.SUBMIT), false, List.of("review-*", "fix"), Allowance.UNLIMITED);

        assertThat(admin.roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(admin.readAll()).isTrue();
        assertThat(submit.has(Role.READ)).isFalse();
        assertThat(submit.mayUse("review-x")).isTrue();
        assertThat(submit.mayUse("fixer")).isFalse();
        assertThat(Map.of("k", submit).get("k").sees(admin.submitter())).isFalse();
    }
}
