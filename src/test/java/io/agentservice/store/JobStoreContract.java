package io.agentservice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentservice.job.Allowance;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.job.Submitter;
import io.agentservice.job.Tokens;
import io.agentservice.job.TraceContext;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every job store must do. A store's own test extends this and says how one is opened. */
public abstract class JobStoreContract {

    protected static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The store under test, the same one during a test. */
    protected abstract JobStore store();

    /** Ends the store as a crash would, as far as it can be done inside one JVM, and opens it again. */
    protected abstract void reopen();

    protected abstract JobFeed feed();

    /** By which the store under test names what it counts; there is room for 100 agents and 20 models. */
    protected abstract Labels labels();

    protected static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    protected static Job newJob() {
        var limits = new JobSpec.Limits(new BigDecimal("0.10"), Duration.ofSeconds(90));
        var spec = new JobSpec(
                "Grüße\n☃ \uD83D\uDE80",
                "issue-responder",
                new JobSpec.Answer(Optional.of("sonnet"), Optional.of(new Json("{\"type\":\"object\"}"))),
                limits,
                new JobSpec.Placement(3, Optional.of("key")),
                new Json("{\"a\":[1,2]}"),
                new JobSpec.Source(Optional.of("infra"), Optional.of("main")),
                TraceContext.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        return Job.accepted(
                JobId.create(NOW, RANDOM), spec, new Submitter("ci"), "1b671a64-40d5-491e-99b0-da01ff1f3341", NOW);
    }

    private Job inserted() {
        Job job = newJob();
        await(store().insert(job));
        return job;
    }

    private Job running() {
        return await(store().apply(inserted().to(JobStatus.RUNNING, NOW.plusSeconds(1))));
    }

    private static Outcome completed() {
        return new Outcome(
                JobStatus.COMPLETED,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(0),
                Optional.of(new Json("{\"type\":\"result\",\"result\":\"done\"}")),
                "a warning");
    }

    private static List<EventDraft> lines(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new EventDraft(new JobEvent.Output("line " + i), Optional.of("raw " + i)))
                .toList();
    }

    private List<StoredEvent> allEvents(JobId id) {
        return await(store().events(id, 0, Long.MAX_VALUE)).events();
    }

    private static boolean isTaken(Uni<Void> insertion) {
        try {
            await(insertion);
            return true;
        } catch (AllowanceSpentException e) {
            return false;
        }
    }

    /** Those of many at once that are taken. */
    private List<Job> takenOf(int count, Allowance allowance) {
        List<Job> jobs = IntStream.range(0, count).mapToObj(i -> newJob()).toList();
        return jobs.parallelStream()
                .filter(job -> isTaken(store().insert(job, allowance)))
                .toList();
    }

    @Test
    void ofManyAtOnceAsManyAreTakenAsMayBeUnfinishedAndNoMore() {
        var three = new Allowance(OptionalInt.of(3), OptionalInt.empty());

        List<Job> taken = takenOf(24, three);

        assertThat(taken).hasSize(3);
        await(store().apply(taken.get(0)
                .to(Outcome.notRun(JobStatus.CANCELLED, FailureReason.CANCELLED, "a caller did"), NOW)));
        assertThat(takenOf(8, three)).hasSize(1);
    }

    @Test
    void ofManyAtOnceAsManyAreTakenAsMayBeHandedInInAnHourWhateverBecameOfThem() {
        var four = new Allowance(OptionalInt.empty(), OptionalInt.of(4));

        List<Job> taken = takenOf(24, four);

        assertThat(taken).hasSize(4);
        taken.forEach(job -> await(store().apply(
                        job.to(Outcome.notRun(JobStatus.CANCELLED, FailureReason.CANCELLED, "a caller did"), NOW))));
        reopen();
        assertThat(takenOf(8, four)).isEmpty();
    }

    private AuditEntry noted(Instant at) {
        var entry = new AuditEntry(at, "ci", AuditEntry.Action.AUDIT_READ, Optional.empty(), Map.of("a", "b"));
        await(store().audit().append(entry));
        return entry;
    }

    private List<AuditEntry> audit() {
        return await(store().audit().page(new AuditQuery(AuditQuery.Filter.NONE, OptionalLong.empty(), 100)))
                .entries()
                .stream()
                .map(AuditPage.Recorded::entry)
                .toList();
    }

    @Test
    void ofTheAuditLogOnlyWhatIsOldIsForgotten() {
        noted(NOW.minus(Duration.ofDays(91)));
        AuditEntry young = noted(NOW.minus(Duration.ofDays(89)));
        AuditEntry now = noted(NOW);

        assertThat(await(store().audit().forget(NOW.minus(Duration.ofDays(90)))))
                .isFalse();

        assertThat(audit()).containsExactly(now, young);
        await(store().audit().forget(NOW.minus(Duration.ofDays(365))));
        assertThat(audit()).containsExactly(now, young);
    }

    @Test
    void anInsertedJobIsFoundAsItWas() {
        Job job = inserted();

        assertThat(await(store().find(job.id()))).contains(job);
    }

    @Test
    void anInsertedJobSurvivesTheEndOfTheStore() {
        Job job = inserted();

        reopen();

        assertThat(await(store().find(job.id()))).contains(job);
        assertThat(allEvents(job.id())).hasSize(1);
    }

    @Test
    void anUnknownJobIsNotFound() {
        assertThat(await(store().find(newJob().id()))).isEmpty();
    }

    @Test
    void theFirstEventSaysThatTheJobIsQueued() {
        Job job = inserted();

        assertThat(allEvents(job.id())).singleElement().satisfies(event -> {
            assertThat(event.sequence()).isEqualTo(1);
            assertThat(event.type()).isEqualTo("status");
            assertThat(event.data().text()).contains("\"status\":\"queued\"", "\"at\":\"");
        });
    }

    @Test
    void anIdIsTakenOnce() {
        Job job = inserted();

        assertThatThrownBy(() -> await(store().insert(job))).isInstanceOf(StoreException.class);
        assertThat(allEvents(job.id())).hasSize(1);
    }

    @Test
    void aTransitionStoresTheStatusAndItsEventTogether() {
        Job job = inserted();

        Job running = await(store().apply(job.to(JobStatus.RUNNING, NOW.plusSeconds(1))));

        assertThat(running.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(running.progress().attempt()).isEqualTo(1);
        assertThat(await(store().find(job.id()))).contains(running);
        assertThat(allEvents(job.id()).get(1).data().text()).contains("\"status\":\"running\"", "\"attempt\":1");
    }

    @Test
    void theOutcomeIsReadBackWhole() {
        Job job = running();

        Job ended = await(store().apply(job.to(completed(), NOW.plusSeconds(2))));

        reopen();
        assertThat(await(store().find(job.id()))).contains(ended);
    }

    @Test
    void aFailureIsReadBackWithItsReason() {
        Job job = running();
        var outcome = Outcome.notRun(JobStatus.FAILED, FailureReason.WORKSPACE, "no room");

        Job ended = await(store().apply(job.to(outcome, NOW.plusSeconds(2))));

        reopen();
        assertThat(await(store().find(job.id()))).contains(ended);
        assertThat(ended.outcome()).contains(outcome);
    }

    @Test
    void ofTwoTransitionsFromOneStateOneIsTaken() {
        Job job = running();
        var first = job.to(completed(), NOW.plusSeconds(2));
        var second = job.to(JobStatus.CANCELLING, NOW.plusSeconds(2));

        await(store().apply(first));

        assertThatThrownBy(() -> await(store().apply(second))).isInstanceOf(StaleTransitionException.class);
        assertThat(await(store().find(job.id())).orElseThrow().status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(allEvents(job.id())).hasSize(3);
    }

    @Test
    void aFailedWriteHarmsNoneOfItsGroup() {
        List<Job> jobs = IntStream.range(0, 20).mapToObj(i -> newJob()).toList();
        List<Uni<Void>> writes = new ArrayList<>();
        for (Job job : jobs) {
            writes.add(store().insert(job));
            writes.add(store().insert(job).onFailure(StoreException.class).recoverWithNull());
        }

        await(Uni.join().all(writes).andCollectFailures());

        assertThat(jobs).allSatisfy(job -> assertThat(allEvents(job.id())).hasSize(1));
    }

    @Test
    void eventsAreNumberedWithoutGaps() {
        Job job = running();

        long last = await(store().append(job.id(), lines(0, 3)));
        long next = await(store().append(job.id(), lines(3, 5)));

        assertThat(last).isEqualTo(5);
        assertThat(next).isEqualTo(7);
        assertThat(allEvents(job.id()).stream().map(StoredEvent::sequence)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void jobsThatAppendAtOnceDoNotMix() {
        List<Job> jobs = IntStream.range(0, 8).mapToObj(i -> running()).toList();

        await(Multi.createFrom()
                .range(0, 50)
                .onItem()
                .transformToUniAndConcatenate(i -> Uni.join()
                        .all(jobs.stream()
                                .map(job -> store().append(job.id(), lines(i, i + 1)))
                                .toList())
                        .andFailFast())
                .collect()
                .last());

        assertThat(jobs).allSatisfy(job -> {
            List<StoredEvent> events = allEvents(job.id());
            assertThat(events.stream().map(StoredEvent::sequence))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 52).boxed().toList());
            assertThat(events.get(51).data().text()).contains("line 49");
        });
    }

    @Test
    void eventsSurviveTheEndOfTheStoreUnchanged() {
        Job job = running();
        await(store().append(job.id(), lines(0, 10)));
        List<StoredEvent> before = allEvents(job.id());

        reopen();

        assertThat(allEvents(job.id())).isEqualTo(before);
        assertThat(await(store().append(job.id(), lines(10, 11)))).isEqualTo(13);
    }

    @Test
    void appendingToNoJobIsAnError() {
        assertThatThrownBy(() -> await(store().append(newJob().id(), lines(0, 1))))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void aPageHasWhatFollowsWithinItsBound() {
        Job job = running();
        await(store().append(job.id(), lines(0, 100)));

        EventPage small = await(store().events(job.id(), 50, 500));
        EventPage rest = await(store().events(job.id(), small.last(), Long.MAX_VALUE));

        assertThat(small.events().get(0).sequence()).isEqualTo(51);
        assertThat(small.events()).hasSizeLessThan(10);
        assertThat(small.complete()).isFalse();
        assertThat(rest.last()).isEqualTo(102);
        assertThat(rest.complete()).isTrue();
        assertThat(rest.end()).isFalse();
    }

    @Test
    void thePageWithTheFinalStatusIsTheEnd() {
        Job job = running();
        await(store().apply(job.to(completed(), NOW.plusSeconds(2))));

        EventPage page = await(store().events(job.id(), 2, 1));
        EventPage beyond = await(store().events(job.id(), 99, 1));

        assertThat(page.end()).isTrue();
        assertThat(beyond.events()).isEmpty();
        assertThat(beyond.end()).isTrue();
    }

    @Test
    void nothingFollowsTheFinalStatus() {
        Job job = running();
        await(store().apply(job.to(completed(), NOW.plusSeconds(2))));

        assertThatThrownBy(() -> await(store().append(job.id(), lines(0, 1))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(allEvents(job.id())).hasSize(3);
    }

    /** The job as the disk has it. */
    private Job reread(Job job) {
        reopen();
        return await(store().find(job.id())).orElseThrow();
    }

    private static RunCost cost(String usd) {
        var opus = new RunCost.ModelCost("opus", new Tokens(1, 2, 3, 4, 5), new BigDecimal(usd));
        var haiku = new RunCost.ModelCost("haiku", new Tokens(6, 0, 0, 0, 0), new BigDecimal("0.000000001"));
        return new RunCost(List.of(opus, haiku), true);
    }

    @Test
    void whatARunHasCostIsBookedWithTheStepThatEndsIt() {
        Job running = running();

        Job back = await(store().apply(running.interrupted(cost("0.25"))));

        List<LedgerEntry> ledger = await(store().ledger(running.id()));
        assertThat(ledger).extracting(entry -> entry.model().orElseThrow()).containsExactly("opus", "haiku");
        assertThat(ledger.get(0).tokens()).isEqualTo(new Tokens(1, 2, 3, 4, 5));
        assertThat(ledger.get(0).usd()).isEqualByComparingTo("0.25");
        assertThat(ledger.get(1).usd()).isEqualByComparingTo("0.000000001");
        assertThat(ledger).allMatch(entry -> entry.attempt() == 1 && entry.estimated());
        assertThat(reread(back).progress().spending().usd()).isEqualByComparingTo("0.250000001");
        assertThat(reread(back).progress().spending().estimated()).isTrue();
    }

    @Test
    void aStepThatIsNotTakenBooksNothing() {
        Job running = running();
        await(store().apply(running.putBack(RunCost.NOTHING)));

        assertThatThrownBy(() -> await(store().apply(running.interrupted(cost("0.25")))))
                .isInstanceOf(StaleTransitionException.class);

        assertThat(await(store().ledger(running.id())))
                .as("the run that asked no model has its row too")
                .singleElement()
                .satisfies(entry -> assertThat(entry.model()).isEmpty());
    }

    @Test
    void whyAndUntilWhenAJobIsHeldIsKept() {
        Instant until = NOW.plusSeconds(600);

        Job parked = await(store().apply(running().parked(until, FailureReason.USAGE_LIMIT, RunCost.NOTHING, NOW)));

        assertThat(reread(parked).progress()).isEqualTo(parked.progress());
        Job again = await(store().apply(parked.to(JobStatus.RUNNING, until)));
        assertThat(reread(again).progress().hold().parked()).isEqualTo(Duration.ofSeconds(600));
    }

    @Test
    void theLastRunOfAJobIsKnownByItsLinesAlone() {
        Job first = running();
        await(store().append(first.id(), List.of(usage("first"))));
        Job back = await(store().apply(first.interrupted(RunCost.NOTHING)));
        Job second = await(store().apply(back.to(JobStatus.RUNNING, NOW)));
        await(store().append(second.id(), List.of(usage("second"))));
        await(store().append(second.id(), lines(0, 1)));

        assertThat(await(store().lastRun(second.id())).lines()).containsExactly("second");
    }

    private static EventDraft usage(String line) {
        return new EventDraft(new JobEvent.Usage("msg", "opus", Tokens.NONE), Optional.of(line));
    }

    @Test
    void startsAreRememberedAlsoOfWhatIsBackInTheQueue() {
        Job stays = running();
        await(store().apply(running().putBack(RunCost.NOTHING)));

        assertThat(await(store().startsSince(NOW)))
                .contains(new JobStore.Start(
                        "issue-responder", stays.progress().startedAt().orElseThrow()))
                .hasSize(2);
    }

    @Test
    void theUnfinishedAreListedOldestFirst() {
        Job first = inserted();
        Job second = running();
        Job third = await(store().apply(running().to(JobStatus.CANCELLING, NOW)));
        Job ended = await(store().apply(running().to(completed(), NOW)));

        List<JobId> unfinished =
                await(store().unfinished()).stream().map(Job::id).toList();

        assertThat(unfinished)
                .containsSubsequence(first.id(), second.id(), third.id())
                .doesNotContain(ended.id());
    }

    @Test
    void aFollowerSeesEverythingOnceAndInOrder() {
        Job job = running();
        Uni<List<EventPage>> followed =
                feed().follow(store(), job.id(), 0, 256).collect().asList();
        var seen = followed.subscribeAsCompletionStage();

        for (int i = 0; i < 100; i++) {
            await(store().append(job.id(), lines(i, i + 1)));
        }
        await(store().apply(job.to(completed(), NOW)));

        List<Long> sequences = seen.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join().stream()
                .flatMap(page -> page.events().stream())
                .map(StoredEvent::sequence)
                .toList();
        assertThat(sequences)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 103).boxed().toList());
    }

    @Test
    void aFollowerThatLeavesDisturbsNoOther() {
        Job job = running();
        var stays = feed().follow(store(), job.id(), 2, 256).collect().asList().subscribeAsCompletionStage();
        var leaves = feed().follow(store(), job.id(), 2, 256).subscribe().with(page -> {});

        leaves.cancel();
        await(store().apply(job.to(completed(), NOW)));

        assertThat(stays.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join())
                .singleElement()
                .matches(EventPage::end);
    }

    private static RequestKey key(String key, String fingerprint, Instant at) {
        return new RequestKey(new Submitter("ci"), key, fingerprint, at);
    }

    @Test
    void aKeyIsStoredWithItsJob() {
        Job job = newJob();
        await(store().insert(job, key("build-7", "print", NOW)));

        reopen();

        assertThat(await(store().find(job.id()))).contains(job);
        assertThat(await(store().keyUse(key("build-7", "other", NOW.plusSeconds(9)))))
                .contains(new RequestKey.Use("print", job.id()));
    }

    @Test
    void aKeyIsKnownForItsSubmitterOnly() {
        await(store().insert(newJob(), key("build-7", "print", NOW)));
        var other = new RequestKey(new Submitter("n8n"), "build-7", "print", NOW);

        assertThat(await(store().keyUse(other))).isEmpty();
        await(store().insert(newJob(), other));
    }

    @Test
    void aKeyThatIsTakenStoresNothing() {
        Job first = newJob();
        await(store().insert(first, key("build-7", "print", NOW)));
        Job second = newJob();

        assertThatThrownBy(() -> await(store().insert(second, key("build-7", "print", NOW))))
                .isInstanceOfSatisfying(
                        KeyTakenException.class,
                        e -> assertThat(e.use()).isEqualTo(new RequestKey.Use("print", first.id())));
        assertThat(await(store().find(second.id()))).isEmpty();
        assertThat(await(store().events(first.id(), 0, 1000)).events()).hasSize(1);
    }

    @Test
    void aJobThatCannotBeStoredTakesNoKey() {
        Job job = inserted();

        assertThatThrownBy(() -> await(store().insert(job, key("build-7", "print", NOW))))
                .isInstanceOf(StoreException.class);

        assertThat(await(store().keyUse(key("build-7", "print", NOW)))).isEmpty();
    }

    @Test
    void ofManyAtOnceWithOneKeyOneMakesAJob() {
        List<Job> jobs = IntStream.range(0, 32).mapToObj(i -> newJob()).toList();

        List<Optional<JobId>> winners = await(Uni.join()
                .all(jobs.stream()
                        .map(job -> store().insert(job, key("build-7", "print", NOW))
                                .map(stored -> Optional.<JobId>empty())
                                .onFailure(KeyTakenException.class)
                                .recoverWithItem(
                                        taken -> Optional.of(taken.use().job())))
                        .toList())
                .andFailFast());

        List<Job> stored = jobs.stream()
                .filter(job -> await(store().find(job.id())).isPresent())
                .toList();
        assertThat(stored).hasSize(1);
        assertThat(winners.stream().flatMap(Optional::stream))
                .hasSize(31)
                .containsOnly(stored.get(0).id());
    }

    @Test
    void aKeyIsFreeAgainAfterItsLife() {
        Job first = running();
        Job ended = newJob();
        await(store().insert(ended, key("build-7", "print", NOW)));
        await(store().apply(
                        await(store().apply(ended.to(JobStatus.RUNNING, NOW))).to(completed(), NOW)));
        Instant later = NOW.plus(RequestKey.LIFE);

        assertThat(await(store().keyUse(key("build-7", "print", later.minusMillis(1)))))
                .isPresent();
        assertThat(await(store().keyUse(key("build-7", "print", later)))).isEmpty();
        Job next = newJob();
        await(store().insert(next, key("build-7", "new", later)));

        assertThat(await(store().keyUse(key("build-7", "new", later)))).contains(new RequestKey.Use("new", next.id()));
        assertThat(await(store().find(first.id()))).isPresent();
    }

    @Test
    void aKeyLivesOnWhileItsJobHasNotEnded() {
        Job job = newJob();
        await(store().insert(job, key("build-7", "print", NOW)));
        var later = key("build-7", "print", NOW.plus(RequestKey.LIFE).plusSeconds(1));

        assertThat(await(store().keyUse(later))).contains(new RequestKey.Use("print", job.id()));
        assertThatThrownBy(() -> await(store().insert(newJob(), later))).isInstanceOf(KeyTakenException.class);
    }

    private static void atOnce(int count, IntFunction<Uni<Void>> write) {
        await(Uni.join().all(IntStream.range(0, count).mapToObj(write).toList()).andFailFast());
    }

    private Job listed(int second, String agent, String metadata) {
        Job job = unlisted(second, agent, metadata);
        await(store().insert(job));
        return job;
    }

    private static Job unlisted(int second, String agent, String metadata) {
        var limits = new JobSpec.Limits(BigDecimal.ONE, Duration.ofSeconds(90));
        var spec = new JobSpec(
                "p".repeat(10_000), agent, Optional.empty(), limits, JobSpec.Placement.USUAL, new Json(metadata));
        Instant at = NOW.plusSeconds(second);
        return Job.accepted(JobId.create(at, RANDOM), spec, new Submitter("ci"), "session", at);
    }

    private Job end(Job job) {
        Job running = await(store().apply(job.to(JobStatus.RUNNING, NOW.plusSeconds(1))));
        return await(store().apply(running.to(completed(), NOW.plusSeconds(2))));
    }

    private List<JobId> ids(JobQuery.Filter filter) {
        JobPage page = await(store().list(new JobQuery(filter, Optional.empty(), 200)));
        assertThat(page.next()).isEmpty();
        return page.jobs().stream().map(JobSummary::id).toList();
    }

    private static JobQuery.Filter status(JobStatus... statuses) {
        return new JobQuery.Filter(Set.of(statuses), Optional.empty(), Map.of(), Optional.empty());
    }

    private static JobQuery.Filter agent(String agent) {
        return new JobQuery.Filter(Set.of(), Optional.of(agent), Map.of(), Optional.empty());
    }

    private static JobQuery.Filter metadata(Map<String, String> metadata) {
        return new JobQuery.Filter(Set.of(), Optional.empty(), metadata, Optional.empty());
    }

    private List<JobId> walk(JobQuery.Filter filter, int limit, Runnable between) {
        List<JobId> seen = new ArrayList<>();
        Optional<JobCursor> next = Optional.empty();
        do {
            JobPage page = await(store().list(new JobQuery(filter, next, limit)));
            assertThat(page.jobs()).hasSizeLessThanOrEqualTo(limit);
            page.jobs().forEach(job -> seen.add(job.id()));
            next = page.next();
            between.run();
        } while (next.isPresent());
        return seen;
    }

    @Test
    void aListShowsAJobAsItStands() {
        Job job = end(listed(0, "reader", "{\"ticket\": 17}"));

        assertThat(await(store().list(new JobQuery(JobQuery.Filter.NONE, Optional.empty(), 10)))
                        .jobs())
                .singleElement()
                .isEqualTo(new JobSummary(
                        job.id(),
                        "reader",
                        Optional.empty(),
                        new Json("{\"ticket\": 17}"),
                        new JobSummary.Course(
                                JobStatus.COMPLETED,
                                1,
                                NOW,
                                Optional.of(NOW.plusSeconds(1)),
                                Optional.of(NOW.plusSeconds(2))),
                        Optional.of(new JobSummary.End(Optional.empty(), Optional.empty(), OptionalInt.of(0)))));
    }

    @Test
    void aListIsNewestFirstAndFiltered() {
        Job oldest = end(listed(0, "reader", "{}"));
        Job middle = listed(1, "writer", "{}");
        Job newest = listed(2, "reader", "{}");
        var both = new JobQuery.Filter(
                Set.of(JobStatus.QUEUED, JobStatus.FAILED), Optional.of("reader"), Map.of(), Optional.empty());
        var later = new JobQuery.Filter(Set.of(), Optional.empty(), Map.of(), Optional.of(NOW));

        assertThat(ids(JobQuery.Filter.NONE)).containsExactly(newest.id(), middle.id(), oldest.id());
        assertThat(ids(status(JobStatus.COMPLETED))).containsExactly(oldest.id());
        assertThat(ids(status(JobStatus.COMPLETED, JobStatus.QUEUED, JobStatus.RUNNING)))
                .containsExactly(newest.id(), middle.id(), oldest.id());
        assertThat(ids(status(JobStatus.TIMEOUT))).isEmpty();
        assertThat(ids(agent("reader"))).containsExactly(newest.id(), oldest.id());
        assertThat(ids(both)).containsExactly(newest.id());
        assertThat(ids(later)).containsExactly(newest.id(), middle.id());
    }

    @Test
    void aJobIsFoundByWhatStandsAtTheTopOfItsMetadata() {
        Job job = listed(
                0,
                "reader",
                "{\"n\":17,\"s\":\"a b\",\"t\":true,\"x\":1.10,\"o\":{\"n\":1},\"z\":null,\"e\":\"\",\"ü\":\"☃\"}");
        listed(1, "reader", "{\"n\":18}");

        for (var found : Map.of("n", "17", "s", "a b", "t", "true", "x", "1.10", "e", "", "ü", "☃")
                .entrySet()) {
            assertThat(ids(metadata(Map.of(found.getKey(), found.getValue()))))
                    .as("metadata.%s", found.getKey())
                    .containsExactly(job.id());
        }
        for (var other : Map.of("n", "1", "s", "a", "o", "{\"n\":1}", "z", "null", "x", "1.1")
                .entrySet()) {
            assertThat(ids(metadata(Map.of(other.getKey(), other.getValue()))))
                    .as("metadata.%s", other.getKey())
                    .isEmpty();
        }
        assertThat(ids(metadata(Map.of("n", "17", "t", "true")))).containsExactly(job.id());
        assertThat(ids(metadata(Map.of("n", "17", "t", "false")))).isEmpty();
    }

    @Test
    void metadataAndOtherFiltersAreMetTogether() {
        Job ended = end(listed(0, "reader", "{\"repo\":\"a\"}"));
        Job waiting = listed(1, "reader", "{\"repo\":\"a\"}");
        Job other = listed(2, "writer", "{\"repo\":\"a\"}");
        listed(3, "reader", "{\"repo\":\"b\"}");
        var filter = new JobQuery.Filter(
                Set.of(JobStatus.QUEUED), Optional.of("reader"), Map.of("repo", "a"), Optional.empty());
        var later = new JobQuery.Filter(Set.of(), Optional.empty(), Map.of("repo", "a"), Optional.of(NOW));

        assertThat(ids(metadata(Map.of("repo", "a")))).containsExactly(other.id(), waiting.id(), ended.id());
        assertThat(ids(filter)).containsExactly(waiting.id());
        assertThat(ids(later)).containsExactly(other.id(), waiting.id());
    }

    @Test
    void pagesShowEachJobOnceWhateverIsAddedMeanwhile() {
        // Ten jobs in each millisecond.
        List<JobId> before = IntStream.range(0, 50)
                .mapToObj(i -> listed(i / 10, "reader", "{\"repo\":\"a\"}").id())
                .toList();
        Runnable insert = () -> listed(60, "reader", "{\"repo\":\"a\"}");

        for (JobQuery.Filter filter : List.of(
                JobQuery.Filter.NONE,
                status(JobStatus.QUEUED, JobStatus.RUNNING),
                agent("reader"),
                metadata(Map.of("repo", "a")))) {
            List<JobId> seen = walk(filter, 7, insert);

            assertThat(seen).doesNotHaveDuplicates().containsAll(before);
        }
    }

    @Test
    void aPageThatIsFullAndTheLastHasNoNext() {
        IntStream.range(0, 6).forEach(i -> listed(i, "reader", "{\"repo\":\"a\"}"));

        assertThat(walk(JobQuery.Filter.NONE, 3, () -> {})).hasSize(6);
        assertThat(await(store().list(new JobQuery(JobQuery.Filter.NONE, Optional.empty(), 6)))
                        .next())
                .isEmpty();
        assertThat(await(store().list(new JobQuery(metadata(Map.of("repo", "a")), Optional.empty(), 6)))
                        .next())
                .isEmpty();
    }

    @Test
    void aRareJobAmongManyWithTheSameMetadataIsFoundInTheEnd() {
        Job rare = end(listed(0, "reader", "{\"repo\":\"a\"}"));
        atOnce(2500, i -> store().insert(unlisted(1, "reader", "{\"repo\":\"a\"}")));
        var filter = new JobQuery.Filter(
                Set.of(JobStatus.COMPLETED), Optional.empty(), Map.of("repo", "a"), Optional.empty());

        assertThat(walk(filter, 50, () -> {})).containsExactly(rare.id());
    }

    private void removeAll(List<JobId> jobs) {
        for (List<JobId> rest = jobs; !rest.isEmpty(); ) {
            rest = await(store().pruning().removeEvents(rest));
        }
        await(store().pruning().finish(jobs));
    }

    private Job ended(int second) {
        Job running =
                await(store().apply(listed(second, "reader", "{\"repo\":\"a\"}").to(JobStatus.RUNNING, NOW)));
        await(store().append(running.id(), lines(0, 10)));
        return await(store().apply(running.to(completed(), NOW.plusSeconds(second))));
    }

    @Test
    void whatHasEndedLongAgoIsFoundOldestFirst() {
        Job second = ended(20);
        Job first = ended(10);
        ended(30);
        running();

        assertThat(await(store().pruning().ended(NOW.plusSeconds(30), 10))).containsExactly(first.id(), second.id());
        assertThat(await(store().pruning().ended(NOW.plusSeconds(30), 1))).containsExactly(first.id());
        assertThat(await(store().pruning().ended(NOW.plusSeconds(10), 10))).isEmpty();
    }

    @Test
    void aJobWhoseRemovalHasBegunIsGoneForEverybody() {
        Job job = ended(1);
        Instant at = NOW.plusSeconds(60);

        await(store().pruning().begin(List.of(job.id()), at));

        for (int life = 0; life < 2; life++) {
            assertThat(await(store().find(job.id()))).isEmpty();
            assertThat(await(store().removedAt(job.id()))).contains(at);
            assertThat(ids(JobQuery.Filter.NONE)).isEmpty();
            assertThat(ids(metadata(Map.of("repo", "a")))).isEmpty();
            assertThat(await(store().pruning().ended(NOW.plusSeconds(99), 10))).isEmpty();
            assertThatThrownBy(() -> await(store().events(job.id(), 0, 1000))).isInstanceOf(JobGoneException.class);
            assertThatThrownBy(() -> await(store().append(job.id(), lines(0, 1))))
                    .isInstanceOf(JobGoneException.class);
            reopen();
        }
    }

    @Test
    void aRemovalThatWasInterruptedIsFoundAndFinished() {
        Job job = ended(1);
        await(store().pruning().begin(List.of(job.id()), NOW));
        await(store().pruning().removeEvents(List.of(job.id())));

        reopen();

        assertThat(await(store().pruning().begun(10))).containsExactly(job.id());
        removeAll(List.of(job.id()));
        assertThat(await(store().pruning().begun(10))).isEmpty();
        assertThat(await(store().removedAt(job.id()))).contains(NOW);
    }

    @Test
    void whatHasNotEndedIsNeverRemoved() {
        Job waiting = inserted();
        Job running = running();
        Job cancelling = await(store().apply(running().to(JobStatus.CANCELLING, NOW)));
        List<JobId> all = List.of(waiting.id(), running.id(), cancelling.id());

        await(store().pruning().begin(all, NOW));
        removeAll(all);

        assertThat(all).allSatisfy(id -> {
            assertThat(await(store().find(id))).isPresent();
            assertThat(allEvents(id)).isNotEmpty();
            assertThat(await(store().removedAt(id))).isEmpty();
        });
    }

    @Test
    void eventsGoInPiecesAndThoseOfOthersStay() {
        Job stays = ended(1);
        Job large = running();
        IntStream.range(0, 5).forEach(i -> await(store().append(large.id(), lines(0, 1000))));
        await(store().apply(large.to(completed(), NOW)));
        List<JobId> rest = List.of(large.id());
        await(store().pruning().begin(rest, NOW));

        int pieces = 0;
        for (; !rest.isEmpty(); pieces++) {
            rest = await(store().pruning().removeEvents(rest));
            await(store().pruning().finish(List.of(large.id())));
            assertThat(await(store().pruning().begun(10)).isEmpty())
                    .as("the job goes after the last of its events")
                    .isEqualTo(rest.isEmpty());
        }

        assertThat(pieces).isGreaterThan(5);
        assertThat(allEvents(stays.id())).hasSize(13);
    }

    @Test
    void aFollowerOfARemovedJobDoesNotHang() {
        Job job = running();
        await(store().append(job.id(), lines(0, 100)));
        var pages = feed().follow(store(), job.id(), 0, 256).subscribe().withSubscriber(AssertSubscriber.create(1));
        pages.awaitNextItem();
        await(store().apply(job.to(completed(), NOW)));
        await(store().pruning().begin(List.of(job.id()), NOW));

        pages.request(Long.MAX_VALUE);

        pages.awaitFailure().assertFailedWith(JobGoneException.class);
    }

    @Test
    void aKeyOutlivesTheJobThatWasRemoved() {
        Job job = newJob();
        await(store().insert(job, key("build-7", "print", NOW)));
        await(store().pruning().begin(List.of(end(job).id()), NOW));
        removeAll(List.of(job.id()));

        assertThat(await(store().keyUse(key("build-7", "print", NOW)))).contains(new RequestKey.Use("print", job.id()));
        assertThatThrownBy(() -> await(store().insert(newJob(), key("build-7", "print", NOW))))
                .isInstanceOf(KeyTakenException.class);
    }

    @Test
    void keysAndRemovalsAreForgottenInPieces() {
        List<Job> all = IntStream.range(0, 600).mapToObj(i -> newJob()).toList();
        atOnce(
                600,
                i -> store().insert(all.get(i), key("k" + i, "print", NOW.plusMillis(i)))
                        .chain(() -> store().apply(all.get(i).to(JobStatus.RUNNING, NOW)))
                        .chain(job -> store().apply(job.to(completed(), NOW)))
                        .replaceWithVoid());
        List<JobId> jobs = all.stream().map(Job::id).toList();
        Job waiting = newJob();
        await(store().insert(waiting, key("waiting", "print", NOW)));
        await(store().pruning().begin(jobs, NOW));
        Instant later = NOW.plusMillis(598);

        assertThat(await(store().pruning().forgetKeys(later))).isTrue();
        assertThat(await(store().pruning().forgetKeys(later))).isFalse();
        assertThat(await(store().pruning().forgetRemoved(NOW.plusMillis(1)))).isTrue();
        assertThat(await(store().pruning().forgetRemoved(NOW.plusMillis(1)))).isFalse();

        Instant soon = NOW.plusSeconds(1);
        assertThat(await(store().keyUse(key("k598", "print", soon)))).isEmpty();
        assertThat(await(store().keyUse(key("k599", "print", soon)))).isPresent();
        assertThat(await(store().keyUse(key("waiting", "print", NOW.plus(RequestKey.LIFE.multipliedBy(2))))))
                .isPresent();
        assertThat(await(store().removedAt(jobs.get(0)))).isEmpty();
        assertThat(await(store().find(jobs.get(0)))).isEmpty();
    }

    @Test
    void theSizeSaysWhatWasRemovedAndGivenBack() {
        StoreSize empty = await(store().pruning().size());
        Job job = running();
        var text = new EventDraft(new JobEvent.Output("x".repeat(8000)), Optional.empty());
        IntStream.range(0, 20).forEach(i -> await(store().append(job.id(), Collections.nCopies(50, text))));
        await(store().apply(job.to(completed(), NOW)));
        StoreSize full = await(store().pruning().size());

        await(store().pruning().begin(List.of(job.id()), NOW));
        removeAll(List.of(job.id()));

        StoreSize removed = await(store().pruning().size());
        assertThat(full.used() - empty.used()).isGreaterThan(8_000_000);
        assertThat(removed.used() - empty.used()).isLessThan(100_000);
        assertThat(removed.free()).isGreaterThan(8_000_000);
        long free = await(store().pruning().giveBack());
        assertThat(free).as("a piece of it").isLessThan(removed.free()).isGreaterThan(7_000_000);
        while (free > 0) {
            free = await(store().pruning().giveBack());
        }
        await(store().pruning().shortenLog());
        StoreSize given = await(store().pruning().size());
        assertThat(given.free()).isZero();
        inserted();
        assertThat(await(store().pruning().size()).log()).isLessThan(10_000_000);
    }

    @Test
    void aHealthyStoreSaysSo() {
        await(store().check());
    }

    private List<StatusChange> changesAfter(long position) {
        return await(store().statusChanges(position, Long.MAX_VALUE)).changes();
    }

    @Test
    void theChangesOfAllJobsAreNumberedInTheOrderOfTheirCommits() {
        long before = await(store().lastStatusChange());
        Job first = inserted();
        Job second = inserted();
        await(store().append(first.id(), lines(0, 3)));
        await(store().apply(second.to(JobStatus.RUNNING, NOW.plusSeconds(1))));
        await(store().apply(first.to(JobStatus.RUNNING, NOW.plusSeconds(1))));

        List<StatusChange> changes = changesAfter(before);

        assertThat(changes)
                .extracting(change -> change.job().id())
                .containsExactly(first.id(), second.id(), second.id(), first.id());
        assertThat(changes).extracting(StatusChange::position).isSorted().doesNotHaveDuplicates();
        assertThat(changes.get(3).event()).isEqualTo(allEvents(first.id()).get(4));
        assertThat(changes.get(0).job().agent()).isEqualTo("issue-responder");
        assertThat(await(store().lastStatusChange())).isEqualTo(changes.get(3).position());
        assertThat(changesAfter(changes.get(1).position())).isEqualTo(changes.subList(2, 4));
    }

    @Test
    void aPageOfChangesIsBoundedAndSaysWhetherThereAreMore() {
        long before = await(store().lastStatusChange());
        inserted();
        inserted();

        StatusChangePage one = await(store().statusChanges(before, 1));
        StatusChangePage rest = await(store().statusChanges(one.last(), Long.MAX_VALUE));

        assertThat(one.changes()).hasSize(1);
        assertThat(one.complete()).isFalse();
        assertThat(rest.changes()).hasSize(1);
        assertThat(rest.complete()).isTrue();
    }

    @Test
    void aStepThatIsRefusedIsNoChange() {
        Job job = inserted();
        await(store().apply(job.to(JobStatus.RUNNING, NOW)));
        long before = await(store().lastStatusChange());

        assertThatThrownBy(() -> await(store().apply(job.to(JobStatus.RUNNING, NOW))))
                .isInstanceOf(StaleTransitionException.class);

        assertThat(changesAfter(before)).isEmpty();
    }

    @Test
    void aRemovedJobTakesItsChangesWithItAndTheirNumbersAreNotUsedAgain() {
        long before = await(store().lastStatusChange());
        Job gone = end(inserted());
        long last = await(store().lastStatusChange());
        await(store().pruning().begin(List.of(gone.id()), NOW));
        assertThat(changesAfter(before)).isEmpty();
        removeAll(List.of(gone.id()));
        reopen();

        Job next = inserted();

        assertThat(await(store().lastStatusChange())).isEqualTo(last + 1);
        assertThat(changesAfter(before)).singleElement().satisfies(change -> {
            assertThat(change.position()).isEqualTo(last + 1);
            assertThat(change.job().id()).isEqualTo(next.id());
        });
    }

    @Test
    void whoClaimsToHaveSeenMoreChangesThanThereAreGetsWhatComesNext() {
        inserted();
        StatusChangePage nothing = await(store().statusChanges(Long.MAX_VALUE, Long.MAX_VALUE));
        Job next = inserted();

        assertThat(nothing.changes()).isEmpty();
        assertThat(changesAfter(nothing.last()))
                .singleElement()
                .satisfies(change -> assertThat(change.job().id()).isEqualTo(next.id()));
    }

    @Test
    void aFollowerOfAllJobsHearsOfEachChangeOnce() {
        var follower = feed().followStatusChanges(store(), await(store().lastStatusChange()), 1)
                .onItem()
                .transformToIterable(StatusChangePage::changes)
                .subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        List<Uni<Void>> inserts =
                IntStream.range(0, 50).mapToObj(i -> store().insert(newJob())).toList();
        await(Uni.join().all(inserts).andFailFast());

        follower.awaitItems(50, PATIENCE);

        assertThat(follower.getItems())
                .extracting(StatusChange::position)
                .isSorted()
                .doesNotHaveDuplicates();
        follower.cancel();
    }

    private static Totals.StatusTotal total(JobStatus status, Optional<FailureReason> reason, long times) {
        return new Totals.StatusTotal("reader", status, reason.map(FailureReason::wireName), times, NOW);
    }

    @Test
    void whatJobsCameToIsCountedForGood() {
        Job ended = ended(1);
        Job parked = await(store().apply(listed(2, "reader", "{}").to(JobStatus.RUNNING, NOW)));
        await(store().apply(parked.parked(NOW.plusSeconds(60), FailureReason.USAGE_LIMIT, RunCost.NOTHING, NOW)));
        var totals = List.of(
                total(JobStatus.QUEUED, Optional.empty(), 2),
                total(JobStatus.QUEUED, Optional.of(FailureReason.USAGE_LIMIT), 1),
                total(JobStatus.RUNNING, Optional.empty(), 2),
                total(JobStatus.COMPLETED, Optional.empty(), 1));
        assertThat(await(store().totals()).statuses()).containsExactlyInAnyOrderElementsOf(totals);

        await(store().pruning().begin(List.of(ended.id()), NOW));
        removeAll(List.of(ended.id()));
        reopen();

        assertThat(await(store().totals()).statuses()).containsExactlyInAnyOrderElementsOf(totals);
    }

    @Test
    void whatRunsHaveCostAddsUpByAgentAndModel() {
        var tokens = new Tokens(1, 2, 3, 4, 5);
        var opus = new RunCost.ModelCost("opus", tokens, new BigDecimal("0.25"));
        var unsaid = new RunCost.ModelCost(RunCost.UNKNOWN_MODEL, Tokens.NONE, new BigDecimal("1"));
        for (int i = 0; i < 2; i++) {
            await(store().apply(running().to(completed(), new RunCost(List.of(opus, unsaid), false), NOW)));
        }

        assertThat(await(store().totals()).costs())
                .containsExactlyInAnyOrder(
                        new Totals.CostTotal("issue-responder", "opus", tokens.plus(tokens), new BigDecimal("0.5")),
                        new Totals.CostTotal("issue-responder", "", Tokens.NONE, new BigDecimal("2")));
    }

    /** A whole number has no room for it: its job must end all the same. */
    @Test
    void aSumThatAnAgentForgedKeepsNoJobFromItsEnd() {
        var forged = new Tokens(Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1, 0);
        var cost = new RunCost(List.of(new RunCost.ModelCost("x", forged, new BigDecimal("9000000000"))), false);

        for (int i = 0; i < 3; i++) {
            Job job = await(store().apply(running().to(completed(), cost, NOW)));
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        }

        assertThat(await(store().totals()).costs()).singleElement().satisfies(total -> {
            assertThat(total.tokens().output()).isEqualTo(9_000_000_000_000_000_000L);
            assertThat(total.tokens().cacheWrite()).isZero();
        });
    }

    @Test
    void agentsAndModelsThatHaveNoPlaceAreCountedAsOther() {
        for (String name : List.of("stranger", "another")) {
            Job job = await(store().apply(listed(1, name, "{}").to(JobStatus.RUNNING, NOW)));
            var models = IntStream.range(0, 30)
                    .mapToObj(i -> new RunCost.ModelCost("model-" + i, Tokens.NONE, BigDecimal.ONE))
                    .toList();
            await(store().apply(job.to(completed(), new RunCost(models, false), NOW)));
        }

        Totals totals = await(store().totals());
        assertThat(totals.statuses()).hasSize(3).allMatch(total -> total.agent().equals("other") && total.times() == 2);
        assertThat(totals.costs()).hasSize(21).allMatch(total -> total.agent().equals("other"));
        assertThat(totals.costs())
                .filteredOn(total -> total.model().equals("other"))
                .singleElement()
                .satisfies(total -> assertThat(total.usd()).isEqualByComparingTo("20"));
    }

    @Test
    @Tag("full")
    void tenThousandJobsOfFiveHundredAgentsMakeSoManySeriesAndNoMore() {
        var registry = new SimpleMeterRegistry();
        var metrics = new StoreMetrics(store(), feed(), registry);
        IntStream.range(0, 500).forEach(i -> labels().admitAgent("agent-" + i));

        Multi.createFrom()
                .range(0, 10_000)
                .onItem()
                .transformToUni(this::briefJob)
                .merge(256)
                .collect()
                .last()
                .await()
                .atMost(Duration.ofMinutes(2));
        metrics.look();

        assertThat(registry.find("claude_agent_jobs_finished").functionCounters())
                .hasSizeLessThanOrEqualTo(101)
                .hasSizeGreaterThan(90);
        assertThat(registry.find("claude_agent_tokens").functionCounters()).hasSizeLessThanOrEqualTo(101 * 5 * 21);
        assertThat(registry.find("claude_agent_jobs_accepted").functionCounters().stream()
                        .mapToDouble(FunctionCounter::count)
                        .sum())
                .isEqualTo(10_000);
        assertThat(registry.get("claude_agent_jobs_finished")
                        .tag("agent", "other")
                        .functionCounter()
                        .count())
                .isGreaterThanOrEqualTo(20 * 398);
    }

    private Uni<Job> briefJob(int number) {
        var cost = new RunCost.ModelCost("model-" + number % 50, new Tokens(1, 1, 1, 1, 1), BigDecimal.ONE);
        var spec = new JobSpec(
                "p",
                "agent-" + number % 500,
                Optional.empty(),
                new JobSpec.Limits(BigDecimal.ONE, Duration.ofSeconds(90)),
                JobSpec.Placement.USUAL,
                Json.EMPTY_OBJECT);
        Job job = Job.accepted(JobId.create(NOW, RANDOM), spec, new Submitter("ci"), "session", NOW);
        return store().insert(job)
                .chain(() -> store().apply(job.to(JobStatus.RUNNING, NOW)))
                .chain(running -> store().apply(running.to(completed(), new RunCost(List.of(cost), false), NOW)));
    }
}
