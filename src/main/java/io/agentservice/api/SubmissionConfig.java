package io.agentservice.api;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.time.Duration;

/** What a submitted job may ask for. */
@ConfigMapping(prefix = "agent-service.submission")
interface SubmissionConfig {

    /** The budget of a job that names none, in US dollars. */
    @WithDefault("5.0")
    BigDecimal defaultBudgetUsd();

    /** The largest budget that may be asked for, in US dollars. */
    @WithDefault("100")
    BigDecimal maxBudgetUsd();

    /** The timeout of a job that names none. */
    @WithDefault("2700s")
    Duration defaultTimeout();

    /** The longest timeout that may be asked for. */
    @WithDefault("24h")
    Duration maxTimeout();

    /** The longest prompt, in bytes of UTF-8. */
    @WithDefault("1048576")
    int maxPromptBytes();

    /** The largest metadata object, in bytes of compact UTF-8. */
    @WithDefault("16384")
    int maxMetadataBytes();

    /** How deep metadata may be nested. */
    @WithDefault("8")
    int maxMetadataDepth();
}
