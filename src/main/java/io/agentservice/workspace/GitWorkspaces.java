package io.agentservice.workspace;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Gives jobs checkouts of repositories. All methods block. */
final class GitWorkspaces {

    private static final Logger LOG = Logger.getLogger(GitWorkspaces.class);

    private final Folders folders;
    private final Mirrors mirrors;
    private final Checkouts checkouts;
    private final Definitions definitions;
    private final Clock clock;

    GitWorkspaces(WorkspaceTools tools) {
        this.folders = tools.folders;
        this.mirrors = tools.mirrors;
        this.definitions = tools.definitions;
        this.clock = tools.clock;
        var content = new CheckoutContent(tools.git, tools.config.limits(), tools.key);
        this.checkouts = new Checkouts(folders, tools.git, content);
    }

    /**
     * Makes the checkout of a job, or finds that of an earlier attempt, which is left as it is: the agent goes on in it.
     *
     * @throws IOException if there is none
     */
    void open(Job job, Repository repository, WorkspacePolicy policy, Phases phases) throws IOException {
        JobId id = job.id();
        Optional<CheckoutBase> earlier = CheckoutBase.read(folders.record(id));
        if (earlier.isPresent() && Files.isDirectory(folders.checkout(id))) {
            phases.tell("workspace_taken_up", Map.of("commit", earlier.get().commit()));
            return;
        }
        Instant begun = clock.instant();
        GitMirror mirror = mirrors.of(repository);
        fetch(mirror, repository, false, phases);
        var order = new Checkouts.Order(repository, policy);
        CheckoutBase base;
        try {
            base = make(job, mirror, order, phases);
        } catch (WorkspaceException e) {
            if (mirror.isSound()) {
                throw e;
            }
            LOG.warnf("a mirror is damaged and is made anew mirror=%s: %s", mirror.folder(), e.getMessage());
            mirror.discard();
            fetch(mirror, repository, true, phases);
            base = make(job, mirror, order, phases);
        }
        phases.tell(
                "workspace_ready",
                Map.of(
                        "repository", repository.name(),
                        "ref", Optional.ofNullable(base.branch()).orElse(base.commit()),
                        "commit", base.commit(),
                        "millis", Duration.between(begun, clock.instant()).toMillis()));
    }

    private CheckoutBase make(Job job, GitMirror mirror, Checkouts.Order order, Phases phases) throws IOException {
        Optional<String> ref = job.spec().source().ref();
        Repository repository = order.repository();
        MirrorRefs refs = mirror.refs();
        Optional<Target> target = checkouts.find(mirror, refs, ref, repository);
        if (target.isEmpty() && ref.isPresent()) {
            // It may have been pushed a second ago.
            fetch(mirror, repository, true, phases);
            refs = mirror.refs();
            target = checkouts.find(mirror, refs, ref, repository);
        }
        if (target.isEmpty()) {
            throw new WorkspaceException(ref.or(repository::branch)
                    .map(name ->
                            "the repository '%s' has no branch, tag or commit '%s'".formatted(repository.name(), name))
                    .orElse("the repository '%s' has no branch that its HEAD names: set its branch in agents.yaml"
                            .formatted(repository.name())));
        }
        return checkouts.make(job.id(), mirror, refs, target.get(), order);
    }

    private void fetch(GitMirror mirror, Repository repository, boolean now, Phases phases) throws IOException {
        MirrorState state =
                mirror.refresh(repository, now, () -> phases.tell("cloning", Map.of("repository", repository.name())));
        long age = state.ageSeconds(clock.instant());
        if (state.failure().isPresent()) {
            phases.tell(
                    "fetch_failed",
                    Map.of(
                            "repository", repository.name(),
                            "error", state.failure().get(),
                            "age_seconds", age));
        } else {
            phases.tell("fetched", Map.of("repository", repository.name(), "age_seconds", age));
        }
        definitions.update(repository, mirror);
    }
}
