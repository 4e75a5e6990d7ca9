package io.agentservice.access;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says where the tokens come from and what could not be read. Down only if tokens are expected and there is none:
 * with those of before callers are still served.
 */
@Readiness
@Singleton
final class AccessHealthCheck implements HealthCheck {

    private final TokenBook book;
    private final ServiceAccounts accounts;
    private final IssuerKeys keys;

    AccessHealthCheck(TokenBook book, ServiceAccounts accounts, IssuerKeys keys) {
        this.book = book;
        this.accounts = accounts;
        this.keys = keys;
    }

    @Override
    public HealthCheckResponse call() {
        var broken = book.broken();
        boolean locked = book.isEmpty() && !broken.isEmpty() && !accounts.isConfigured();
        var response = HealthCheckResponse.named("access").status(!locked);
        book.sizes().forEach((source, count) -> response.withData("tokens_" + source, count));
        broken.forEach((source, why) -> response.withData("unreadable_" + source, why));
        if (accounts.isConfigured()) {
            response.withData("service_accounts", "on");
            if (!keys.failure().isEmpty()) {
                response.withData("unreadable_keys", keys.failure());
            }
        }
        return response.build();
    }
}
