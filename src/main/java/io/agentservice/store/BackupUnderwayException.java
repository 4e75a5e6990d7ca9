package io.agentservice.store;

/** A backup was asked for while another is being made. */
public final class BackupUnderwayException extends RuntimeException {

    public BackupUnderwayException() {
        super("a backup is being made already: wait for that one");
    }
}
