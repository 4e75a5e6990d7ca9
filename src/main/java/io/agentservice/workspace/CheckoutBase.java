package io.agentservice.workspace;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a checkout was when its job got it. Its file is written last: a checkout without one is not whole.
 *
 * @param mirror the key of the mirror that it was made from
 * @param branch null if it is on none
 * @param committer the mail address under which the job commits
 * @param keepUnpushed whether commits that are nowhere else are to be kept
 */
@RegisterForReflection // Jackson reads and writes it.
@JsonInclude(JsonInclude.Include.NON_NULL)
record CheckoutBase(
        String repository,
        String remote,
        String mirror,
        String branch,
        String commit,
        String committer,
        boolean keepUnpushed) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String FILE = "base.json";

    static Optional<CheckoutBase> read(Path record) {
        try {
            return Optional.of(JSON.readValue(Files.readString(record.resolve(FILE)), CheckoutBase.class));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    void write(Path record) throws IOException {
        Path fresh = Folders.privateFile(record.resolve(FILE + ".new"), JSON.writeValueAsString(this));
        Files.move(fresh, record.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }
}
