package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {

    private final Routes routes = new Routes();

    @ParameterizedTest
    @CsvSource({
        "/execute, /execute",
        "/jobs, /jobs",
        "/jobs/events, /jobs/events",
        "/jobs/01a20e06, /jobs/{id}",
        "/jobs/01a20e06/log, /jobs/{id}/log",
        "/jobs/events/log, ",
        "/q/health/ready, /q/health/ready"
    })
    void aPathIsTakenForTheRouteThatItMeans(String path, String template) {
        assertThat(routes.templateOf(path).orElse(null)).isEqualTo(template);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "//", "/jobs/a/b", "/jobs/a/log/b", "/admin", "*", "/q"})
    void anyOtherPathIsNone(String path) {
        assertThat(routes.templateOf(path)).isEmpty();
    }

    @Test
    void aPathOfManyPartsIsLookedAtOnlySoFar() {
        assertThat(routes.templateOf("/a".repeat(1_000_000))).isEmpty();
    }
}
