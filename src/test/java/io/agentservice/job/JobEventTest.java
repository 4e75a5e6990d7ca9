package io.agentservice.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobEventTest {

    private static final Json NOTHING = new Json("{}");

    /** One of each kind; the compiler does not help here, so the number is checked, too. */
    private static final JobEvent[] ALL = {
        new JobEvent.Status(JobStatus.QUEUED, 0, Optional.empty(), Optional.empty()),
        new JobEvent.Phase("initialized", NOTHING),
        new JobEvent.Message("assistant", "", Optional.empty(), Optional.empty(), Optional.empty()),
        new JobEvent.Thinking("", Optional.empty()),
        new JobEvent.ToolCall("", "", NOTHING, Optional.empty()),
        new JobEvent.ToolResult("", false, "", Optional.empty()),
        new JobEvent.Retry(1, 1, 1, Optional.empty(), Optional.empty()),
        new JobEvent.RateLimit("", Optional.empty(), NOTHING),
        new JobEvent.Result(false, Optional.empty(), NOTHING),
        new JobEvent.Truncated(1),
        new JobEvent.Usage("", "", Tokens.NONE),
        new JobEvent.Stderr(""),
        new JobEvent.Output("")
    };

    @Test
    void everyTypeIsToldAbout() {
        assertThat(JobEvent.class.getPermittedSubclasses()).hasSize(ALL.length);
        assertThat(Arrays.stream(ALL).map(JobEvent::type).distinct())
                .containsExactlyInAnyOrderElementsOf(JobEvent.TYPES);
    }
}
