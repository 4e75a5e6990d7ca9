package io.agentservice.api;

import io.agentservice.job.JobId;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.function.Consumer;

/** What a stream follows. Two that are equal share a tail. */
interface FrameSource {

    /** How much of the store is read at once, for a tail and for a stream that is behind it. */
    long PAGE_BYTES = 256 * 1024;

    Uni<FramePage> page(long after);

    /** Pages that are not empty, as they come. */
    Multi<FramePage> follow(long after);

    Cancellable onDelta(Consumer<JobFeed.LiveDelta> listener);

    /** The events of one job. */
    record OfJob(JobId job, JobStore store, JobFeed feed) implements FrameSource {

        @Override
        public Uni<FramePage> page(long after) {
            return store.events(job, after, PAGE_BYTES).map(FramePage::of);
        }

        @Override
        public Multi<FramePage> follow(long after) {
            return feed.follow(store, job, after, PAGE_BYTES).map(FramePage::of);
        }

        @Override
        public Cancellable onDelta(Consumer<JobFeed.LiveDelta> listener) {
            return feed.onDelta(job, listener);
        }

        @Override
        public String toString() {
            return "jobId=" + job;
        }
    }

    /** The changes of status of all jobs. */
    record OfAllJobs(JobStore store, JobFeed feed) implements FrameSource {

        @Override
        public Uni<FramePage> page(long after) {
            return store.statusChanges(after, PAGE_BYTES).map(FramePage::of);
        }

        @Override
        public Multi<FramePage> follow(long after) {
            return feed.followStatusChanges(store, after, PAGE_BYTES).map(FramePage::of);
        }

        @Override
        public Cancellable onDelta(Consumer<JobFeed.LiveDelta> listener) {
            return () -> {};
        }

        @Override
        public String toString() {
            return "all jobs";
        }
    }
}
