/** HTTP only: requests, responses, SSE frames and the shared tail, problems. */
package io.agentservice.api;
