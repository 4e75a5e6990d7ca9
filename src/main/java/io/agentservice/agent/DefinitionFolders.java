package io.agentservice.agent;

import io.agentservice.job.JobSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where agents are defined: folders that have {@code .claude/agents}. All methods block. */
public interface DefinitionFolders {

    /** All that are there now. */
    List<Path> all();

    /** @throws IOException if it is not there yet */
    Path of(AgentName agent, JobSpec.Source source) throws IOException;

    /** Asks whoever has it for its newest state, unless that was done just now. @return whether it was asked */
    boolean refresh(AgentName agent, JobSpec.Source source) throws IOException;

    /** One folder for all. */
    record Fixed(Path folder) implements DefinitionFolders {

        @Override
        public List<Path> all() {
            return List.of(folder);
        }

        @Override
        public Path of(AgentName agent, JobSpec.Source source) {
            return folder;
        }

        @Override
        public boolean refresh(AgentName agent, JobSpec.Source source) {
            return false;
        }
    }
}
