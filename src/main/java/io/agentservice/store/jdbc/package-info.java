/** The job store in a relational database; the only place that speaks SQL. */
package io.agentservice.store.jdbc;
