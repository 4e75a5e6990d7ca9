package io.agentservice.workspace;

import java.util.Optional;

/**
 * What a job works on.
 *
 * @param revision what is checked out: a full ref of the mirror, or a commit
 * @param branch the branch, if it is one
 */
record Target(String revision, Optional<String> branch) {}
