package io.agentservice.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** As whom this process runs. */
public final class CurrentUser {

    private CurrentUser() {}

    public static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException noProc) {
            return "root".equals(System.getProperty("user.name"));
        }
    }
}
