package io.agentservice.store;

import java.util.Locale;

/** The store cannot do what was asked of it; nothing of it was done. The message says what is wrong and what to do. */
public class StoreException extends RuntimeException {

    /** What is wrong, and who can do what about it. */
    public enum Kind {
        DISK_FULL("the disk of the job store is full: make room on the volume of JOBS_DIR"),
        READ_ONLY("the job store can be read but not written: make JOBS_DIR, what is in it and its file system"
                + " writable for the service's user"),
        LOCKED("the job store is locked by another program: end it, or its transaction; an sqlite3 shell perhaps"),
        IO_ERROR("the disk of the job store gives errors: see the kernel's log, and check the volume of JOBS_DIR"),
        CORRUPT("the file of the job store is damaged: stop the service and restore a backup"),
        UNREACHABLE("the file of the job store cannot be opened: see that JOBS_DIR is there, mounted, and the service"
                + " user's"),
        IN_USE("the job store is in use by another service: stop that one, or give this one a JOBS_DIR of its own"),
        NEWER_SCHEMA("the job store was written by another version of the program: start that version or a newer one,"
                + " or restore a backup from before it"),
        BROKEN_SCHEMA("the schema of the job store is not as this program made it: restore the backup from before the"
                + " upgrade"),
        /** A fault of the program, most likely. */
        OTHER("the job store failed");

        private final String sentence;

        Kind(String sentence) {
            this.sentence = sentence;
        }

        public String sentence() {
            return sentence;
        }

        /** As health checks and logs spell it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
        this.kind = Kind.OTHER;
    }

    /** @param detail what the database or the system said itself; may be empty */
    public StoreException(Kind kind, String detail, Throwable cause) {
        super(detail.isEmpty() ? kind.sentence() : kind.sentence() + " (" + detail + ")", cause);
        this.kind = kind;
    }

    public StoreException(Kind kind, String detail) {
        this(kind, detail, null);
    }

    public Kind kind() {
        return kind;
    }
}
