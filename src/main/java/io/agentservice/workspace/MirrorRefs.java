package io.agentservice.workspace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The branches and tags of a mirror at one moment, by their full names. */
record MirrorRefs(Map<String, String> commits) {

    private static final String HEADS = "refs/heads/";
    private static final String TAGS = "refs/tags/";

    static MirrorRefs parse(List<String> lines) {
        Map<String, String> commits = new LinkedHashMap<>();
        for (String line : lines) {
            int blank = line.indexOf(' ');
            commits.put(line.substring(blank + 1), line.substring(0, blank));
        }
        return new MirrorRefs(commits);
    }

    /** The full name of what is called so here: a branch before a tag. */
    Optional<String> named(String name) {
        for (String prefix : List.of(HEADS, TAGS, "")) {
            String full = prefix + name;
            if (commits.containsKey(full)) {
                return Optional.of(full);
            }
        }
        return Optional.empty();
    }

    static Optional<String> branch(String fullName) {
        return fullName.startsWith(HEADS) ? Optional.of(fullName.substring(HEADS.length())) : Optional.empty();
    }

    /** What a checkout knows of its remote, as the text of git's file {@code packed-refs}. */
    String asPackedRefsOfClone() {
        var text = new StringBuilder();
        commits.forEach((name, commit) -> text.append(commit)
                .append(' ')
                .append(branch(name)
                        .map(branch -> "refs/remotes/origin/" + branch)
                        .orElse(name))
                .append('\n'));
        return text.toString();
    }
}
