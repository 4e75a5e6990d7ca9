package io.agentservice.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A look at a checkout that an agent had, through a repository of our own that only borrows its objects. Of the agent's
 * {@code .git/config}, which could name programs to run, only the sending side of a fetch reads anything, and that is
 * made for repositories that nobody trusts.
 */
final class JobView {

    private static final String FOLDER = "view.git";
    private static final int MAX_COMMITS = 500;
    private static final int MAX_FILES = 1000;
    private static final long MAX_STAT_BYTES = 4L << 20;

    private final Git git;
    private final Path view;
    private final Path checkout;
    private final Map<String, String> environment;
    private final Duration limit;

    private JobView(Git git, Path record, Path checkout, GitSettings settings, Duration limit) {
        this.git = git;
        this.view = record.resolve(FOLDER);
        this.checkout = checkout;
        this.limit = limit;
        this.environment = new java.util.HashMap<>(
                settings.with("core.bigFileThreshold", "16m").environment());
        environment.put("GIT_DIR", view.toString());
        environment.put("GIT_WORK_TREE", checkout.toString());
        environment.put("GIT_INDEX_FILE", record.resolve("index").toString());
    }

    /** @throws WorkspaceException if the agent left nothing that can be looked at */
    static JobView of(Git git, Path record, Path checkout, GitMirror mirror, GitSettings settings, Duration limit)
            throws IOException {
        if (!Checkouts.isRepository(checkout)) {
            throw new WorkspaceException("the checkout is no repository any more");
        }
        if (Files.exists(checkout.resolve(".git/objects/info/alternates"))) {
            throw new WorkspaceException("the checkout borrows objects of another repository");
        }
        var view = new JobView(git, record, checkout, settings, limit);
        view.make(mirror);
        return view;
    }

    private void make(GitMirror mirror) throws IOException {
        DirectoryRemoval.remove(view);
        Folders.privateDirectory(view);
        git.run(GitCommand.of(view, "init", "--quiet", "--bare"));
        Files.writeString(
                view.resolve("objects/info/alternates"),
                "%s\n%s\n"
                        .formatted(
                                checkout.resolve(".git/objects"),
                                mirror.folder().resolve("objects")));
        fetch(checkout.toString(), "+refs/heads/*:refs/heads/*", "+HEAD:refs/job/HEAD");
        fetch(mirror.folder().toString(), "+refs/heads/*:refs/mirror/*");
    }

    /** Takes over what the mirror has by now. */
    void update(GitMirror mirror) throws WorkspaceException {
        fetch(mirror.folder().toString(), "+refs/heads/*:refs/mirror/*");
    }

    private void fetch(String from, String... refs) throws WorkspaceException {
        git.run(GitCommand.of(view, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--end-of-options", from)
                .with(List.of(refs))
                .within(limit));
    }

    String head() throws WorkspaceException {
        return git.run(GitCommand.of(view, "rev-parse", "--verify", "refs/job/HEAD"))
                .word();
    }

    /** The branch that HEAD names in the checkout. */
    Optional<String> branch() throws WorkspaceException {
        return git
                .tryRun(GitCommand.of(view, "ls-remote", "--symref", "--end-of-options", checkout.toString(), "HEAD")
                        .within(limit))
                .lines()
                .stream()
                .filter(line -> line.startsWith("ref: refs/heads/") && line.endsWith("\tHEAD"))
                .map(line -> line.substring("ref: refs/heads/".length(), line.length() - "\tHEAD".length()))
                .findFirst();
    }

    /** One commit of the log. */
    record Entry(String hash, String committer, String subject) {}

    /** The commits of all its branches since {@code base}, newest first; one more than is wanted if there are more. */
    List<Entry> commits(String base) throws WorkspaceException {
        return log(base);
    }

    /** Those of them that the mirror's branches do not have. */
    List<Entry> commitsNotInMirror(String base) throws WorkspaceException {
        return log(base, "--glob=refs/mirror");
    }

    private List<Entry> log(String... without) throws WorkspaceException {
        List<String> not = new ArrayList<>(List.of("--branches", "refs/job/HEAD", "--not"));
        not.addAll(List.of(without));
        return git
                .run(GitCommand.of(view, "log", "--format=%H%x09%ce%x09%s", "--max-count=" + (MAX_COMMITS + 1))
                        .with(not)
                        .within(limit))
                .lines()
                .stream()
                .map(line -> line.split("\t", 3))
                .filter(parts -> parts.length == 3)
                .map(parts -> new Entry(parts[0], parts[1], parts[2]))
                .toList();
    }

    static boolean isMore(List<?> commits) {
        return commits.size() > MAX_COMMITS;
    }

    /** Lets the index know of what was committed and of what is new; what did not change is not read again. */
    void readFiles() throws WorkspaceException {
        run("read-tree", "-i", "-m", "refs/job/HEAD");
        run("add", "--intent-to-add", "--", ".");
    }

    boolean isUncommitted() throws WorkspaceException {
        return git.tryRun(command(
                                "diff", "--quiet", "--no-ext-diff", "--ignore-submodules=dirty", "refs/job/HEAD", "--"))
                        .exitCode()
                == 1;
    }

    Changes.DiffStat stat(String base) throws WorkspaceException {
        GitOutput output = git.run(command("diff", "--numstat", "-z", "--no-renames")
                .with(List.of("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", base, "--"))
                .atMost(MAX_STAT_BYTES));
        List<Changes.ChangedFile> files = Arrays.stream(
                        String.join("\n", output.lines()).split("\0"))
                .map(line -> line.split("\t", 3))
                .filter(parts -> parts.length == 3)
                .map(parts -> new Changes.ChangedFile(parts[2], number(parts[0]), number(parts[1])))
                .toList();
        return new Changes.DiffStat(
                files.size(),
                files.stream()
                        .mapToLong(file -> file.insertions() == null ? 0 : file.insertions())
                        .sum(),
                files.stream()
                        .mapToLong(file -> file.deletions() == null ? 0 : file.deletions())
                        .sum(),
                files.stream().limit(MAX_FILES).toList(),
                output.truncated() || files.size() > MAX_FILES);
    }

    /** Null where git prints a dash: the file is not text. */
    private static Long number(String text) {
        return text.matches("\\d{1,18}") ? Long.valueOf(text) : null;
    }

    /** All that differs from {@code base}, committed or not, as a patch. */
    GitOutput patch(String base, long maxBytes) throws WorkspaceException {
        return git.run(command("diff", "--no-color", "--find-renames", "--no-ext-diff")
                .with(List.of("--no-textconv", "--ignore-submodules=dirty", base, "--"))
                .atMost(maxBytes));
    }

    /** Writes the commits that the mirror does not have. */
    void bundle(String base, Path file) throws WorkspaceException {
        git.run(GitCommand.of(view, "bundle", "create", "--quiet", file.toString(), "--branches", "refs/job/HEAD")
                .with(List.of("--not", base, "--glob=refs/mirror"))
                .within(limit));
    }

    private void run(String... arguments) throws WorkspaceException {
        git.run(command(arguments));
    }

    private GitCommand command(String... arguments) {
        return GitCommand.of(checkout, arguments).with(environment).within(limit);
    }

    void remove() throws IOException {
        DirectoryRemoval.remove(view);
    }
}
