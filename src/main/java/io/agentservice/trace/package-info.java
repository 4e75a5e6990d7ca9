/** Tells a trace collector, if there is one, where the time of each job went. */
package io.agentservice.trace;
