package io.agentservice.workspace;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the operator says of the workspace of an agent's jobs.
 *
 * @param mode empty means git where there is a repository, else the directory
 * @param shared whether several jobs may work in the directory at once
 * @param maxBytes how much the folders of a job may hold
 */
public record WorkspacePolicy(
        Optional<WorkspaceMode> mode,
        boolean shared,
        Sources sources,
        Identity identity,
        Keep keep,
        OptionalLong maxBytes) {

    /** What is so where nothing is said. */
    public static final WorkspacePolicy STANDARD = new WorkspacePolicy(
            Optional.empty(),
            false,
            new Sources(Map.of(), Optional.empty()),
            Identity.STANDARD,
            new Keep(Optional.empty(), true),
            OptionalLong.empty());

    /**
     * @param repositories by the name that a job may ask for
     * @param standard the name of the one for jobs that ask for none
     */
    public record Sources(Map<String, RepositoryPolicy> repositories, Optional<String> standard) {

        public Sources {
            repositories = Map.copyOf(repositories);
        }
    }

    /**
     * @param remote empty means WORKSPACE_DIR
     * @param branch empty means the one that the remote's HEAD names
     * @param credential the name of the credential that fetches and pushes
     */
    public record RepositoryPolicy(
            Optional<String> remote, Optional<String> branch, Optional<String> credential, Content content) {}

    /**
     * What of a repository is checked out, and how.
     *
     * @param gitCrypt empty means that it is read if it is WORKSPACE_DIR's and there is a key
     * @param sparse the only folders to check out; empty means all
     */
    public record Content(boolean submodules, boolean lfs, Optional<GitCrypt> gitCrypt, List<String> sparse) {

        public static final Content ALL = new Content(false, false, Optional.empty(), List.of());

        public Content {
            sparse = List.copyOf(sparse);
        }
    }

    /** What a job may do with what git-crypt encrypted. */
    public enum GitCrypt {
        /** It sees only the encrypted bytes. */
        OFF,
        /** It sees the plain text, and can neither commit a change of it nor check it out again: it has no key. */
        READ,
        /** It has the key, in its home. */
        WRITE
    }

    /** Who commits. */
    public record Identity(Person author, Person committer) {

        static final Identity STANDARD = new Identity(Person.STANDARD, Person.STANDARD);
    }

    /** A name and a mail address as git knows them. */
    public record Person(String name, String email) {

        static final Person STANDARD = new Person("Claude Agent", "claude-agent@localhost");

        /** @throws IllegalArgumentException if it is not {@code Name <mail@host>} */
        public static Person parse(String text) {
            int open = text.lastIndexOf(" <");
            if (open <= 0
                    || !text.endsWith(">")
                    || text.chars().anyMatch(Character::isISOControl)
                    || text.indexOf('<') != open + 1) {
                throw new IllegalArgumentException("must be 'Name <mail@host>'");
            }
            return new Person(text.substring(0, open), text.substring(open + 2, text.length() - 1));
        }
    }

    /**
     * What outlives a job.
     *
     * @param onFailure how long the checkout of a job that did not complete is kept
     * @param unpushed whether commits that are nowhere else are kept as a bundle
     */
    public record Keep(Optional<Duration> onFailure, boolean unpushed) {}
}
