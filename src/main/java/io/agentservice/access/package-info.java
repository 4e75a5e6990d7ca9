/** Who may call what: tokens, roles; yields a Submitter with its limits. */
package io.agentservice.access;
