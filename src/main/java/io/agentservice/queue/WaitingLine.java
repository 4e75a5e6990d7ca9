package io.agentservice.queue;

import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentPolicy.QueueLimits;
import io.agentservice.agent.StartRate;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Hold;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * The jobs that wait, in the order in which they may start, and those that run, as far as they keep others waiting.
 * A job that may not start lets those behind it pass. Not safe for threads: its owner is.
 */
final class WaitingLine {

    private final int places;
    private final AgentPolicies policies;
    private final BiPredicate<Job, Collection<Job>> inTheWay;
    private final List<Job> waiting = new ArrayList<>();
    private final Map<JobId, Job> running = new HashMap<>();
    private final Map<String, QueueLimits> limits = new HashMap<>();
    private final StartHistory starts = new StartHistory();

    /** @param places how many run at once */
    WaitingLine(int places, AgentPolicies policies) {
        this(places, policies, (job, others) -> false);
    }

    /** @param inTheWay whether one of those that run keeps a job from its workspace */
    WaitingLine(int places, AgentPolicies policies, BiPredicate<Job, Collection<Job>> inTheWay) {
        this.places = places;
        this.policies = policies;
        this.inTheWay = inTheWay;
    }

    /** Behind all of a higher priority and those of the same that were accepted before it. */
    void add(Job job) {
        int at = waiting.size();
        while (at > 0 && isBefore(job, waiting.get(at - 1))) {
            at--;
        }
        waiting.add(at, job);
    }

    /** A job that is back in the queue had its turn before those that came later. */
    private static boolean isBefore(Job job, Job other) {
        int priority = job.spec().placement().priority();
        int others = other.spec().placement().priority();
        return priority > others
                || priority == others
                        && job.progress().createdAt().isBefore(other.progress().createdAt());
    }

    boolean remove(JobId id) {
        return waiting.removeIf(job -> job.id().equals(id));
    }

    /** Only in this very state. */
    void remove(Job job) {
        waiting.remove(job);
    }

    /** Takes the first job that may start now, which then counts as running. */
    Optional<Job> takeNext(Instant now) {
        if (running.size() >= places) {
            return Optional.empty();
        }
        Optional<Job> next =
                waiting.stream().filter(job -> obstacle(job, now).isEmpty()).findFirst();
        next.ifPresent(job -> {
            waiting.remove(job);
            running.put(job.id(), job);
            if (job.progress().startedAt().isEmpty()) {
                remember(job.spec().agent(), now);
            }
        });
        return next;
    }

    void ended(JobId id) {
        running.remove(id);
    }

    /** A start, also one of an earlier life of the service. */
    void remember(String agent, Instant startedAt) {
        if (limits(agent).startRate().isPresent()) {
            starts.started(agent, startedAt);
        }
    }

    /** Where a job stands, if it waits. */
    Optional<Waiting> place(JobId id, Instant now) {
        for (int i = 0; i < waiting.size(); i++) {
            if (waiting.get(i).id().equals(id)) {
                return Optional.of(standing(waiting.get(i), i + 1, now));
            }
        }
        return Optional.empty();
    }

    /** Where each waiting job stands; in one pass, as the line may be long. */
    Map<JobId, Waiting> places(Instant now) {
        Map<JobId, Waiting> places = new HashMap<>();
        for (Job job : waiting) {
            places.put(job.id(), standing(job, places.size() + 1, now));
        }
        return places;
    }

    Census census(Instant now) {
        Map<String, Integer> active = new HashMap<>();
        running.values().forEach(job -> active.merge(job.spec().agent(), 1, Integer::sum));
        Map<Waiting.Reason, Integer> idle = new EnumMap<>(Waiting.Reason.class);
        Duration oldest = Duration.ZERO;
        for (Job job : waiting) {
            Waiting.Reason reason = standing(job, 1, now).reason();
            idle.merge(reason, 1, Integer::sum);
            if (reason == Waiting.Reason.CAPACITY) {
                Duration age = Duration.between(job.progress().createdAt(), now);
                oldest = age.compareTo(oldest) > 0 ? age : oldest;
            }
        }
        return new Census(active, idle, oldest);
    }

    private Waiting standing(Job job, int position, Instant now) {
        Obstacle obstacle = obstacle(job, now).orElse(new Obstacle(Waiting.Reason.CAPACITY));
        return new Waiting(position, obstacle.reason(), obstacle.until());
    }

    private record Obstacle(Waiting.Reason reason, Optional<Instant> until) {

        Obstacle(Waiting.Reason reason) {
            this(reason, Optional.empty());
        }
    }

    /** What keeps a job from starting even if a place is free. */
    private Optional<Obstacle> obstacle(Job job, Instant now) {
        if (job.progress().hold().holds(now)) {
            return Optional.of(new Obstacle(
                    held(job.progress().hold()), job.progress().hold().notBefore()));
        }
        Optional<String> key = job.spec().placement().concurrencyKey();
        if (key.isPresent()
                && running.values().stream()
                        .anyMatch(other -> key.equals(other.spec().placement().concurrencyKey()))) {
            return Optional.of(new Obstacle(Waiting.Reason.CONCURRENCY_KEY));
        }
        if (inTheWay.test(job, running.values())) {
            return Optional.of(new Obstacle(Waiting.Reason.WORKSPACE));
        }
        String agent = job.spec().agent();
        QueueLimits limits = limits(agent);
        if (limits.maxRunning().isPresent()
                && runningOf(agent) >= limits.maxRunning().getAsInt()) {
            return Optional.of(new Obstacle(Waiting.Reason.AGENT_LIMIT));
        }
        // One that goes on has had its start.
        return limits.startRate()
                .filter(rate -> job.progress().startedAt().isEmpty())
                .flatMap(rate -> starts.nextStart(agent, rate, now))
                .map(until -> new Obstacle(Waiting.Reason.START_RATE, Optional.of(until)));
    }

    private static Waiting.Reason held(Hold hold) {
        return switch (hold.reason().orElse(FailureReason.USAGE_LIMIT)) {
            case AUTHENTICATION -> Waiting.Reason.CREDENTIAL;
            case MISSING_SECRET -> Waiting.Reason.SECRET;
            default -> Waiting.Reason.USAGE_LIMIT;
        };
    }

    /** When a job of this agent could start at the earliest if those before it all do; empty if within its rate. */
    Optional<Instant> beyondRate(String agent, int arriving, Instant now) {
        Optional<StartRate> rate = limits(agent).startRate();
        if (rate.isEmpty()) {
            return Optional.empty();
        }
        long ahead =
                waiting.stream().filter(job -> job.spec().agent().equals(agent)).count() + arriving;
        return starts.within(agent, rate.get(), now) + ahead < rate.get().starts()
                ? Optional.empty()
                : Optional.of(starts.nextStart(agent, rate.get(), now)
                        .orElse(now.plus(rate.get().window())));
    }

    /** Asked for every waiting job at every look, so kept. */
    QueueLimits limits(String agent) {
        return limits.computeIfAbsent(
                agent, name -> policies.of(new AgentName(name)).queue());
    }

    private long runningOf(String agent) {
        return running.values().stream()
                .filter(job -> job.spec().agent().equals(agent))
                .count();
    }

    int free() {
        return Math.max(0, places - running.size());
    }

    int places() {
        return places;
    }

    int running() {
        return running.size();
    }

    int size() {
        return waiting.size();
    }
}
