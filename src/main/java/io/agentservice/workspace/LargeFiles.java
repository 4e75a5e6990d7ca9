package io.agentservice.workspace;

/** What git needs to know to work with Git LFS. */
final class LargeFiles {

    static final GitSettings FILTERS = GitSettings.NONE
            .with("filter.lfs.clean", "git-lfs clean -- %f")
            .with("filter.lfs.smudge", "git-lfs smudge -- %f")
            .with("filter.lfs.process", "git-lfs filter-process")
            .with("filter.lfs.required", "true");

    private LargeFiles() {}
}
