/** Takes one claimed job to its end: workspace, process, events, outcome. Reaps what a crash left. */
package io.agentservice.runner;
