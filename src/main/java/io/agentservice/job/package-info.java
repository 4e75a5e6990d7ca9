/** The words: what a job is, which status may follow which. Plain Java, no framework. */
package io.agentservice.job;
