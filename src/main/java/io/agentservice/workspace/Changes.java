package io.agentservice.workspace;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * What a job changed, as {@code GET /jobs/{id}/changes} shows it.
 *
 * @param branch the branch it was on at its end; null if on none
 * @param base the commit that it was given
 * @param head the commit that it ended on; null if that cannot be said
 * @param moreCommits whether there are more than are listed
 * @param uncommitted whether its files differ from its last commit
 * @param patchTruncated whether the patch is longer than what is kept of it
 * @param bundle whether commits that are nowhere else are kept as a bundle
 * @param error why some of it is not known; null if all is
 */
// Jackson writes all of it.
@RegisterForReflection(
        targets = {Changes.class, Changes.Commit.class, Changes.DiffStat.class, Changes.ChangedFile.class})
record Changes(
        String repository,
        String branch,
        String base,
        String head,
        List<Commit> commits,
        @JsonProperty("more_commits") boolean moreCommits,
        boolean uncommitted,
        DiffStat diffstat,
        @JsonProperty("patch_truncated") boolean patchTruncated,
        boolean bundle,
        String error) {

    /** @param pushed null if the remote could not be asked */
    record Commit(String hash, String subject, Boolean pushed) {}

    /** @param more whether there are more files than are listed */
    record DiffStat(int changed, long insertions, long deletions, List<ChangedFile> files, boolean more) {

        static final DiffStat NONE = new DiffStat(0, 0, 0, List.of(), false);
    }

    /** Lines; null in a file that is not text. */
    record ChangedFile(String path, Long insertions, Long deletions) {}

    static Changes unknown(CheckoutBase base, String error) {
        return new Changes(
                base.repository(),
                null,
                base.commit(),
                null,
                List.of(),
                false,
                false,
                DiffStat.NONE,
                false,
                false,
                error);
    }

    long unpushed() {
        return commits.stream()
                .filter(commit -> !Boolean.TRUE.equals(commit.pushed()))
                .count();
    }
}
