package io.agentservice.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void aPlaceIsReadAndWrittenAsTheStandardSays() {
        String header = "00-" + TRACE + "-" + SPAN + "-01";

        assertThat(TraceContext.parse(header))
                .contains(new TraceContext(TRACE, SPAN, true))
                .get()
                .hasToString(header);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "02", "fe"})
    void flagsOtherThanSampledSayNothing(String flags) {
        assertThat(TraceContext.parse("00-" + TRACE + "-" + SPAN + "-" + flags))
                .contains(new TraceContext(TRACE, SPAN, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cc-" + TRACE + "-" + SPAN + "-01", "cc-" + TRACE + "-" + SPAN + "-01-what-comes-later"})
    void aLaterVersionIsReadAsFarAsItIsKnown(String header) {
        assertThat(TraceContext.parse(header)).contains(new TraceContext(TRACE, SPAN, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "garbage",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN,
                "00-" + TRACE + "-" + SPAN + "-1",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "00-" + TRACE + "-" + SPAN + "-01-",
                "00-" + TRACE + "-" + SPAN + "-0g",
                "00-" + TRACE + "-" + SPAN + "-01 ",
                "00-" + TRACE + "-" + SPAN + "-01\n00-x",
                "cc-" + TRACE + "-" + SPAN + "-01more",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-" + TRACE + "-" + SPAN + "0-01",
                "00_" + TRACE + "-" + SPAN + "-01",
            })
    void whatIsNotValidIsIgnored(String header) {
        assertThat(TraceContext.parse(header)).isEmpty();
    }

    @Test
    void theSpansBelowAreTheSameInEachLifeOfTheServiceAndDifferFromEachOther() {
        var place = new TraceContext(TRACE, SPAN, true);

        assertThat(place.child("a")).isEqualTo(place.child("a")).isNotEqualTo(place.child("b"));
        assertThat(place.child("a").traceId()).isEqualTo(TRACE);
        assertThat(place.child("a").sampled()).isTrue();
    }
}
