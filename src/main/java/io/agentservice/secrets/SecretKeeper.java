package io.agentservice.secrets;

import jakarta.inject.Singleton;

/** What this room has for a run: the secrets of Vault, the credentials of Claude's, and where others lie. */
@Singleton
public record SecretKeeper(SecretReader reader, ClaudeCredentials credentials, SecretPlaces places) {}
