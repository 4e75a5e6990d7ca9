/** Starts one OS process in its sandbox, streams its lines both ways, ends the whole tree. Knows nothing of jobs. */
package io.agentservice.process;
