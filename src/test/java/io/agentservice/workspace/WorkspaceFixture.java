package io.agentservice.workspace;

import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import io.agentservice.process.ProcessLauncher;
import io.agentservice.process.Survivors;
import io.agentservice.secrets.KnownSecrets;
import io.agentservice.testing.HandClock;
import io.agentservice.workspace.WorkspacePolicy.Content;
import io.agentservice.workspace.WorkspacePolicy.Keep;
import io.agentservice.workspace.WorkspacePolicy.RepositoryPolicy;
import io.agentservice.workspace.WorkspacePolicy.Sources;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The workspaces of a test, with a clock that it can move. */
final class WorkspaceFixture implements WorkspaceConfig {

    final List<JobEvent.Phase> phases = new CopyOnWriteArrayList<>();
    final Map<String, Credential> credentials = new HashMap<>();
    Optional<String> gitCryptKey = Optional.empty();
    Duration fetchLimit = Duration.ofSeconds(20);
    long minFreeBytes = 1;
    long maxPatchBytes = 100_000;
    WorkspacePolicy policy = WorkspacePolicy.STANDARD;

    private final Path directory;
    private final Path jobs;
    private final HandClock clock = new HandClock(Instant.parse("2026-11-24T10:00:00Z"));
    private Workspaces workspaces;
    private WorkspaceSources sources;
    private WorkspaceArchive archive;
    private WorkspaceDisk disk;

    WorkspaceFixture(Path directory, Path jobs) {
        this.directory = directory;
        this.jobs = jobs;
    }

    void pass(Duration time) {
        clock.advance(time);
    }

    private final KnownSecrets known = new KnownSecrets();

    /** Those of one life of the service. */
    Workspaces workspaces() {
        if (workspaces == null) {
            restart();
        }
        return workspaces;
    }

    void restart() {
        try {
            var tools =
                    new WorkspaceTools(this, new ProcessLauncher(), new Survivors(), new GitTokens(null, known), clock);
            sources = new WorkspaceSources(tools);
            archive = new WorkspaceArchive(tools);
            disk = new WorkspaceDisk(tools);
            workspaces = new Workspaces(tools, sources, disk);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    WorkspaceSources sources() {
        workspaces();
        return sources;
    }

    WorkspaceArchive archive() {
        workspaces();
        return archive;
    }

    WorkspaceDisk disk() {
        workspaces();
        return disk;
    }

    /** What the runner does at the end of a run. */
    void end(Job job, Workspace workspace, boolean completed) throws IOException {
        workspace.close();
        workspaces().conclude(job, policy, completed, phases::add);
    }

    WorkspaceFixture keeping(Keep keep) {
        policy = new WorkspacePolicy(
                policy.mode(), policy.shared(), policy.sources(), policy.identity(), keep, policy.maxBytes());
        return this;
    }

    /** Makes a repository at this address the one of all jobs. */
    WorkspaceFixture on(String remote) {
        return on(remote, Optional.empty(), Content.ALL);
    }

    WorkspaceFixture on(String remote, Optional<String> credential, Content content) {
        var repository = new RepositoryPolicy(Optional.of(remote), Optional.empty(), credential, content);
        return with(new Sources(Map.of("infra", repository), Optional.empty()));
    }

    WorkspaceFixture with(Sources sources) {
        policy = new WorkspacePolicy(
                policy.mode(), policy.shared(), sources, policy.identity(), policy.keep(), policy.maxBytes());
        return this;
    }

    Workspace open(Job job) throws IOException {
        return workspaces().open(job, policy, phases::add);
    }

    Workspace open(JobSpec.Source source) throws IOException {
        return open(job(source));
    }

    Workspace open() throws IOException {
        return open(JobSpec.Source.USUAL);
    }

    List<String> phaseNames() {
        return phases.stream().map(JobEvent.Phase::name).toList();
    }

    String lastPhase(String name) {
        return phases.stream()
                .filter(phase -> phase.name().equals(name))
                .reduce((one, other) -> other)
                .map(phase -> phase.detail().text())
                .orElse("none");
    }

    static Job job() {
        return job(JobSpec.Source.USUAL);
    }

    static Job job(String ref) {
        return job(new JobSpec.Source(Optional.empty(), Optional.of(ref)));
    }

    static Job job(JobSpec.Source source) {
        var spec = new JobSpec(
                "do it",
                "helper",
                new JobSpec.Answer(Optional.empty(), Optional.empty()),
                new JobSpec.Limits(BigDecimal.ONE, Duration.ofMinutes(1)),
                JobSpec.Placement.USUAL,
                Json.EMPTY_OBJECT,
                source);
        var now = Instant.parse("2026-11-24T10:00:00Z");
        return Job.accepted(JobId.create(now, new SecureRandom()), spec, new Submitter("ci"), "s", now)
                .to(JobStatus.RUNNING, now)
                .job();
    }

    record Token(String username, Optional<String> token, Optional<Path> tokenFile) implements Credential {

        @Override
        public Optional<String> tokenVault() {
            return Optional.empty();
        }

        @Override
        public Optional<Path> sshKeyFile() {
            return Optional.empty();
        }

        @Override
        public Optional<Path> knownHostsFile() {
            return Optional.empty();
        }
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Path jobsDirectory() {
        return jobs;
    }

    @Override
    public Duration fetchDebounce() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Optional<String> gitCryptKey() {
        return gitCryptKey;
    }

    @Override
    public Map<String, Credential> credentials() {
        return credentials;
    }

    @Override
    public Limits limits() {
        return new Limits() {
            @Override
            public Duration fetch() {
                return fetchLimit;
            }

            @Override
            public Duration clone() {
                return Duration.ofMinutes(10);
            }

            @Override
            public Duration changes() {
                return Duration.ofSeconds(15);
            }

            @Override
            public long maxPatchBytes() {
                return maxPatchBytes;
            }

            @Override
            public long minFreeBytes() {
                return minFreeBytes;
            }

            @Override
            public Duration measureEvery() {
                return Duration.ofSeconds(1);
            }
        };
    }
}
