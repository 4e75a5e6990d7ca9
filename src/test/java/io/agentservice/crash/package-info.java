/** The service is killed again and again under load, and then its books are checked. */
package io.agentservice.crash;
