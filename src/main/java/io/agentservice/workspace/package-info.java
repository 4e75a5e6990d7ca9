/** A private directory for one job: made, filled from git, measured, removed. */
package io.agentservice.workspace;
