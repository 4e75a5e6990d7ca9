/** What to run and how to talk to it: definitions, policy, command line, control protocol, lines to events. */
package io.agentservice.agent;
