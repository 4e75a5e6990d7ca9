package io.agentservice.workspace;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agentservice.job.JobId;
import io.agentservice.secrets.Redactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes down what a job changed, before its checkout goes. */
final class ChangeLog {

    private static final JsonMapper JSON = new JsonMapper();

    private final Folders folders;
    private final Git git;
    private final Mirrors mirrors;
    private final WorkspaceConfig.Limits limits;
    private final GitCryptKey key;
    private final Redactor redactor;

    ChangeLog(WorkspaceTools tools) {
        this.redactor = tools.redactor;
        this.folders = tools.folders;
        this.git = tools.git;
        this.mirrors = tools.mirrors;
        this.limits = tools.config.limits();
        this.key = tools.key;
    }

    /** What is written down of a job. */
    enum Part {
        CHANGES("changes.json"),
        PATCH("changes.patch"),
        BUNDLE("unpushed.bundle");

        private final String file;

        Part(String file) {
            this.file = file;
        }

        Optional<Path> of(Folders folders, JobId job) {
            return Optional.of(folders.record(job).resolve(file)).filter(Files::isRegularFile);
        }
    }

    /**
     * Looks at the job's checkout, if it has one that was not looked at yet.
     *
     * @param repository its repository, to be asked what was pushed; empty asks nobody
     */
    Optional<Changes> record(JobId job, Optional<Repository> repository) throws IOException {
        Path record = folders.record(job);
        Optional<CheckoutBase> base = CheckoutBase.read(record);
        if (base.isEmpty() || Part.CHANGES.of(folders, job).isPresent()) {
            return Optional.empty();
        }
        Changes changes;
        try {
            changes = look(job, base.get(), repository);
        } catch (IOException e) {
            changes = Changes.unknown(base.get(), e.getMessage());
        }
        Files.deleteIfExists(record.resolve("index"));
        Folders.privateFile(record.resolve(Part.CHANGES.file), redactor.json(JSON.writeValueAsString(changes)));
        return Optional.of(changes);
    }

    private Changes look(JobId job, CheckoutBase base, Optional<Repository> repository) throws IOException {
        GitMirror mirror = mirrors.of(base.mirror());
        GitSettings filters = repository.map(this::filters).orElse(GitSettings.NONE);
        Path record = folders.record(job);
        JobView view = JobView.of(git, record, folders.checkout(job), mirror, filters, limits.changes());
        try {
            return look(view, base, repository, mirror, record);
        } finally {
            view.remove();
        }
    }

    /** So that what is encrypted or large in the repository is compared in the form that it has there. */
    private GitSettings filters(Repository repository) {
        GitSettings crypt = key.toRead(repository.content());
        return repository.content().lfs() ? crypt.and(LargeFiles.FILTERS) : crypt;
    }

    private Changes look(
            JobView view, CheckoutBase base, Optional<Repository> repository, GitMirror mirror, Path record)
            throws IOException {
        List<JobView.Entry> all = view.commits(base.commit());
        boolean isKnown = all.isEmpty() || isRemoteKnown(repository, mirror);
        view.update(mirror);
        Set<String> unpushed = view.commitsNotInMirror(base.commit()).stream()
                .map(JobView.Entry::hash)
                .collect(Collectors.toSet());
        boolean bundled = base.keepUnpushed() && !unpushed.isEmpty();
        if (bundled) {
            view.bundle(base.commit(), record.resolve(Part.BUNDLE.file));
        }
        view.readFiles();
        GitOutput patch = view.patch(base.commit(), limits.maxPatchBytes());
        Folders.privateFile(record.resolve(Part.PATCH.file), redactor.text(text(patch.lines())));
        return new Changes(
                base.repository(),
                view.branch().orElse(null),
                base.commit(),
                view.head(),
                commits(all, unpushed, base.committer(), isKnown),
                JobView.isMore(all),
                view.isUncommitted(),
                view.stat(base.commit()),
                patch.truncated(),
                bundled,
                null);
    }

    /** What the remote has and another name has committed is somebody else's, which the job has fetched. */
    private static List<Changes.Commit> commits(
            List<JobView.Entry> all, Set<String> unpushed, String committer, boolean isKnown) {
        return all.stream()
                .filter(entry ->
                        unpushed.contains(entry.hash()) || entry.committer().equals(committer))
                .map(entry -> new Changes.Commit(entry.hash(), entry.subject(), pushed(entry, unpushed, isKnown)))
                .toList();
    }

    private static Boolean pushed(JobView.Entry entry, Set<String> unpushed, boolean isKnown) {
        if (!unpushed.contains(entry.hash())) {
            return true;
        }
        return isKnown ? false : null;
    }

    private static String text(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static boolean isRemoteKnown(Optional<Repository> repository, GitMirror mirror) throws IOException {
        return repository.isPresent()
                && mirror.refresh(repository.get(), true, () -> {}).failure().isEmpty();
    }
}
