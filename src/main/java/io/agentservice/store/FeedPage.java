package io.agentservice.store;

/** A page of something that grows at its end and is read by number. */
interface FeedPage {

    boolean isEmpty();

    /** The number after which the next page begins. */
    long last();

    /** Whether nothing will ever follow. */
    boolean end();
}
