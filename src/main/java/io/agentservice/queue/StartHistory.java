package io.agentservice.queue;

import io.agentservice.agent.StartRate;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** When the jobs of each agent were started, as far back as a start rate looks. */
final class StartHistory {

    private final Map<String, Deque<Instant>> starts = new HashMap<>();

    void started(String agent, Instant at) {
        starts.computeIfAbsent(agent, name -> new ArrayDeque<>()).addLast(at);
    }

    /** How many starts of the agent lie in the window that ends now. */
    int within(String agent, StartRate rate, Instant now) {
        return recent(agent, rate, now).size();
    }

    /** When the next start is within the rate; empty if it is now. */
    Optional<Instant> nextStart(String agent, StartRate rate, Instant now) {
        Deque<Instant> recent = recent(agent, rate, now);
        return recent.size() < rate.starts()
                ? Optional.empty()
                : Optional.of(recent.stream()
                        .skip(recent.size() - rate.starts())
                        .findFirst()
                        .orElseThrow()
                        .plus(rate.window()));
    }

    private Deque<Instant> recent(String agent, StartRate rate, Instant now) {
        Deque<Instant> all = starts.getOrDefault(agent, new ArrayDeque<>());
        while (!all.isEmpty() && !all.peekFirst().plus(rate.window()).isAfter(now)) {
            all.removeFirst();
        }
        return all;
    }
}
