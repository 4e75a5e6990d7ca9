package io.agentservice.workspace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Settings for a git process, and the variables that they speak of. In order; a key may come more than once. */
record GitSettings(List<Entry> entries, Map<String, String> variables) {

    static final GitSettings NONE = new GitSettings(List.of(), Map.of());

    record Entry(String key, String value) {}

    GitSettings {
        entries = List.copyOf(entries);
        variables = Map.copyOf(variables);
    }

    GitSettings with(String key, String value) {
        List<Entry> all = new ArrayList<>(entries);
        all.add(new Entry(key, value));
        return new GitSettings(all, variables);
    }

    GitSettings withVariable(String name, String value) {
        Map<String, String> all = new HashMap<>(variables);
        all.put(name, value);
        return new GitSettings(entries, all);
    }

    GitSettings and(GitSettings more) {
        List<Entry> all = new ArrayList<>(entries);
        all.addAll(more.entries);
        Map<String, String> both = new HashMap<>(variables);
        both.putAll(more.variables);
        return new GitSettings(all, both);
    }

    /** For one process: nothing of it is on a command line or in a file. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("GIT_CONFIG_COUNT", Integer.toString(entries.size()));
        for (int i = 0; i < entries.size(); i++) {
            environment.put("GIT_CONFIG_KEY_" + i, entries.get(i).key());
            environment.put("GIT_CONFIG_VALUE_" + i, entries.get(i).value());
        }
        return environment;
    }

    /** As the text of a git configuration file. */
    String text() {
        var text = new StringBuilder();
        for (Entry entry : entries) {
            int first = entry.key().indexOf('.');
            int last = entry.key().lastIndexOf('.');
            String section = entry.key().substring(0, first);
            String header =
                    first == last ? section : section + " " + quoted(entry.key().substring(first + 1, last));
            text.append("[%s]\n\t%s = %s\n".formatted(header, entry.key().substring(last + 1), quoted(entry.value())));
        }
        return text.toString();
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /** A path as a word of a shell's command line. */
    static String shellWord(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
