package io.agentservice.process;

/**
 * How a process ended.
 *
 * @param code its exit code; 128 + n if signal n ended it
 * @param swept how many processes it left behind that had to be ended
 */
public record ProcessExit(int code, int swept) {}
