/** Gets credentials (configuration, files, Vault) and keeps them out of everything that leaves. */
package io.agentservice.secrets;
