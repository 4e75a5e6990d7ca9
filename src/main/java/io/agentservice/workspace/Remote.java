package io.agentservice.workspace;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a git repository, without a secret in it.
 *
 * @param url as git takes it
 * @param host the scheme and host that a credential for it may be shown to, such as {@code https://forge.example:8443};
 *     empty for a path and for SSH
 */
record Remote(String url, Optional<String> host) {

    private static final Pattern WEB = Pattern.compile("(https?)://(?:([^@/]*)@)?([^/@]+)(/.*)?");
    private static final Pattern OTHER = Pattern.compile("(ssh|git|file)://[^\\s]+");
    private static final Pattern SCP_LIKE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]*:[^\\s:][^\\s]*");

    /** A remote and the secret that was written into its address. */
    record WithLogin(Remote remote, Optional<GitLogin> login) {}

    /** @throws IllegalArgumentException if it is none that is allowed; the message does not repeat it */
    static WithLogin parse(String text) {
        if (text.chars().anyMatch(c -> Character.isISOControl(c) || c == ' ')) {
            throw new IllegalArgumentException("must have no blanks");
        }
        Matcher web = WEB.matcher(text);
        if (web.matches()) {
            return web(web);
        }
        boolean known = OTHER.matcher(text).matches() || text.startsWith("/");
        if (!known
                && (text.contains("::")
                        || text.contains("://")
                        || !SCP_LIKE.matcher(text).matches())) {
            throw new IllegalArgumentException("must be an https, ssh, git or file URL, host:path or an absolute path");
        }
        return new WithLogin(new Remote(text, Optional.empty()), Optional.empty());
    }

    private static WithLogin web(Matcher web) {
        String host = web.group(1) + "://" + web.group(3);
        String path = Optional.ofNullable(web.group(4)).orElse("");
        var remote = new Remote(host + path, Optional.of(host));
        String user = web.group(2);
        if (user == null || user.isEmpty()) {
            return new WithLogin(remote, Optional.empty());
        }
        int colon = user.indexOf(':');
        // A token alone stands where the name would.
        String name = decoded(colon < 0 ? user : user.substring(0, colon));
        String password = colon < 0 ? "" : decoded(user.substring(colon + 1));
        return new WithLogin(remote, Optional.of(new GitLogin.Token(name, password)));
    }

    private static String decoded(String text) {
        try {
            return new URI("x://" + text + "@x").getUserInfo();
        } catch (URISyntaxException e) {
            return text;
        }
    }

    boolean isLocal() {
        return url.startsWith("/") || url.startsWith("file://");
    }

    /** Of one that is local. */
    Path path() {
        return url.startsWith("file://") ? Path.of(URI.create(url)) : Path.of(url);
    }

    @Override
    public String toString() {
        return url;
    }
}
