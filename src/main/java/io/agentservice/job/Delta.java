package io.agentservice.job;

import java.util.Optional;

/**
 * A piece of a message while the model is still writing it. Live only: it has no sequence and is never stored; the
 * whole message follows as an event.
 *
 * @param kind {@code text} or {@code thinking}
 * @param parent the tool call of the sub-agent that is speaking
 */
public record Delta(String kind, String text, Optional<String> parent) {}
