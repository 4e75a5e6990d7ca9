/** Remembers jobs, events, money and decisions; the only door through which a status changes. */
package io.agentservice.store;
