package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException;
import io.agentservice.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says in a sentence what the database said in a code, and the file system in words. */
final class StoreFailures {

    /** Beside the kind of failure, these bits of a code say where it happened. */
    private static final int PRIMARY_CODE = 0xff;

    private StoreFailures() {}

    static StoreException translate(Throwable e) {
        if (e instanceof StoreException known) {
            return known;
        }
        Throwable telling = telling(e);
        return new StoreException(kind(telling), String.valueOf(telling.getMessage()), e);
    }

    static Kind kindOf(Throwable e) {
        return e instanceof StoreException known ? known.kind() : kind(telling(e));
    }

    /** The failure of the database or the file system below what others made of it. */
    private static Throwable telling(Throwable e) {
        for (Throwable next = e; next != null; next = next.getCause()) {
            if (next instanceof SQLException sql && sql.getErrorCode() != 0 || next instanceof IOException) {
                return next;
            }
        }
        return e;
    }

    private static Kind kind(Throwable e) {
        if (e instanceof SQLiteException sqlite && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) {
            // Memory that is shared through a file grows with that file.
            return Kind.DISK_FULL;
        }
        if (e instanceof SQLException sql) {
            return kind(SQLiteErrorCode.getErrorCode(sql.getErrorCode() & PRIMARY_CODE));
        }
        return e instanceof IOException io ? kind(io) : Kind.OTHER;
    }

    /** The list is the database's own, and longer than what can become of a store. */
    private static Kind kind(SQLiteErrorCode code) {
        return switch (code) {
            case SQLITE_FULL -> Kind.DISK_FULL;
            case SQLITE_READONLY, SQLITE_PERM -> Kind.READ_ONLY;
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL -> Kind.LOCKED;
            case SQLITE_IOERR, SQLITE_NOLFS -> Kind.IO_ERROR;
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT -> Kind.CORRUPT;
            case SQLITE_CANTOPEN -> Kind.UNREACHABLE;
            default -> Kind.OTHER;
        };
    }

    private static Kind kind(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("quota exceeded")) {
            return Kind.DISK_FULL;
        }
        if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return Kind.UNREACHABLE;
        }
        return e instanceof AccessDeniedException || message.contains("Read-only file system")
                ? Kind.READ_ONLY
                : Kind.IO_ERROR;
    }
}
