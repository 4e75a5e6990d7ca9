package io.agentservice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.JobSpec;
import io.agentservice.job.Json;
import io.agentservice.job.TraceContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests count as the same. */
class RequestFingerprintTest {

    private static final JobSpec SPEC = spec("Find out why.", "5", "{\"ticket\":17}");

    private static JobSpec spec(String prompt, String budget, String metadata) {
        return new JobSpec(
                prompt,
                "reader",
                Optional.empty(),
                new JobSpec.Limits(new BigDecimal(budget), Duration.ofMinutes(45)),
                JobSpec.Placement.USUAL,
                new Json(metadata));
    }

    private static JobSpec withSchema(String schema) {
        var answer = new JobSpec.Answer(Optional.empty(), Optional.of(new Json(schema)));
        return new JobSpec(
                SPEC.prompt(), "reader", answer, SPEC.limits(), SPEC.placement(), SPEC.metadata(), SPEC.source());
    }

    @Test
    void whoAsksAgainInAnotherTraceAsksForTheSame() {
        var trace = TraceContext.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        assertThat(trace).isPresent();
        assertThat(RequestFingerprint.of(SPEC.in(trace))).isEqualTo(RequestFingerprint.of(SPEC));
    }

    private static String withMetadata(String metadata) {
        return RequestFingerprint.of(spec("hi", "5", metadata));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1,"b":2}          | {"b":2,"a":1}
            {"a":1.0}              | {"a":1}
            {"a":{"x":[1],"y":0}}  | {"a":{"y":0,"x":[1]}}
            {"a":100}              | {"a":1e2}
            """)
    void metadataIsTheSameHoweverItIsWritten(String one, String other) {
        assertThat(withMetadata(one)).isEqualTo(withMetadata(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1}          | {"a":"1"}
            {"a":[1,2]}      | {"a":[2,1]}
            {"a":[[1],2]}    | {"a":[[1,2]]}
            {"a":null}       | {}
            {"a":null}       | {"a":"null"}
            {"a":true}       | {"a":"true"}
            {"a":{"b":1}}    | {"a/b":1}
            {"a":[]}         | {"a":{}}
            {"a":1,"b":1}    | {"a":1,"c":1}
            """)
    void otherMetadataIsAnotherRequest(String one, String other) {
        assertThat(withMetadata(one)).isNotEqualTo(withMetadata(other));
    }

    @Test
    void aBudgetIsTheSameInAnyScale() {
        assertThat(RequestFingerprint.of(spec("hi", "5.00", "{}")))
                .isEqualTo(RequestFingerprint.of(spec("hi", "5", "{}")));
    }

    @Test
    void everythingThatIsAskedForCounts() {
        var limits = SPEC.limits();
        List<JobSpec> others = List.of(
                spec("Find out why!", "5", "{\"ticket\":17}"),
                spec("Find out why.", "6", "{\"ticket\":17}"),
                spec("Find out why.", "5", "{\"ticket\":18}"),
                new JobSpec(SPEC.prompt(), "writer", SPEC.model(), limits, SPEC.placement(), SPEC.metadata()),
                new JobSpec(SPEC.prompt(), "reader", Optional.of("m"), limits, SPEC.placement(), SPEC.metadata()),
                withSchema("{\"type\":\"object\"}"),
                withSchema("{\"type\":\"object\",\"required\":[]}"),
                new JobSpec(
                        SPEC.prompt(),
                        "reader",
                        SPEC.model(),
                        new JobSpec.Limits(limits.maxBudgetUsd(), Duration.ofMinutes(1)),
                        SPEC.placement(),
                        SPEC.metadata()),
                new JobSpec(
                        SPEC.prompt(),
                        "reader",
                        SPEC.model(),
                        limits,
                        new JobSpec.Placement(1, Optional.empty()),
                        SPEC.metadata()),
                new JobSpec(
                        SPEC.prompt(),
                        "reader",
                        SPEC.model(),
                        limits,
                        new JobSpec.Placement(0, Optional.of("k")),
                        SPEC.metadata()));

        assertThat(others.stream().map(RequestFingerprint::of))
                .doesNotContain(RequestFingerprint.of(SPEC))
                .doesNotHaveDuplicates();
    }

    @Test
    void nothingThatASpecHasIsOfAKindThatTheFingerprintCannotTellApart() {
        assertThat(JobSpec.class.getRecordComponents())
                .extracting(RecordComponent::getType)
                .as("an array or a class without its own toString() would differ every time")
                .allSatisfy(type -> assertThat(type.isArray()).isFalse());
    }

    /** JSON and traces are read in ways of their own. */
    @Test
    void aNativeExecutableIsToldOfEveryRecordThatASpecHas() {
        Stream<Class<?>> parts = Arrays.stream(JobSpec.class.getRecordComponents())
                .<Class<?>>map(RecordComponent::getType)
                .filter(type -> type.isRecord() && type != Json.class);

        assertThat(RequestFingerprint.class
                        .getAnnotation(RegisterForReflection.class)
                        .targets())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of(JobSpec.class), parts).toList());
    }
}
