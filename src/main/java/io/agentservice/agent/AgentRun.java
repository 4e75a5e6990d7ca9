package io.agentservice.agent;

import io.agentservice.job.Job;
import io.agentservice.process.Sandbox;
import io.agentservice.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Everything that one run of an agent needs to know.
 *
 * @param sandbox the one in force for it
 * @param goesOn whether an earlier run has begun the conversation
 */
public record AgentRun(Job job, Workspace workspace, AgentPolicy policy, Sandbox sandbox, boolean goesOn) {

    /** A run that goes on where an interrupted one left the conversation, if there was one. Reads the disk. */
    public static AgentRun of(Job job, Workspace workspace, AgentPolicy policy, Sandbox sandbox) {
        return new AgentRun(job, workspace, policy, sandbox, hasTranscript(workspace.conversation(), job.sessionId()));
    }

    /** The CLI keeps it as {@code projects/FOLDER/SESSION.jsonl}; killed early, it has written none. */
    private static boolean hasTranscript(Path conversation, String session) {
        Path projects = conversation.resolve("projects");
        if (!Files.isDirectory(projects)) {
            return false;
        }
        try (Stream<Path> folders = Files.list(projects)) {
            return folders.anyMatch(folder -> Files.exists(folder.resolve(session + ".jsonl")));
        } catch (IOException unreadable) {
            return false;
        }
    }
}
