/** What lies under integrations/, run as it is run elsewhere, against the running service. */
package io.agentservice.callers;
