package io.agentservice.store;

/** The store cannot do what was asked of it: the disk is full, the file locked or broken, the service stopping. */
public class StoreException extends RuntimeException {

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
