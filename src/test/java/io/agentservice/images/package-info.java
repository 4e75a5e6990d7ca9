/** What the service is shipped in. */
package io.agentservice.images;
