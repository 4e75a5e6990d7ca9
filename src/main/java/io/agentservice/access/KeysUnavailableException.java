package io.agentservice.access;

/** The issuer's keys could not be read yet, so its tokens cannot be judged. */
public final class KeysUnavailableException extends RuntimeException {

    KeysUnavailableException(String why) {
        super("the keys of the issuer of service accounts cannot be read: " + why);
    }
}
