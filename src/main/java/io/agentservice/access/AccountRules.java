package io.agentservice.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which service account may do what. Who is in none of the rules may do nothing. */
final class AccountRules {

    private static final String PREFIX = "system:serviceaccount:";
    private static final String NAME = "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?";
    private static final Pattern ACCOUNT = Pattern.compile(PREFIX + NAME + ":" + NAME);
    private static final Pattern SHORT = Pattern.compile("(" + NAME + ")/(" + NAME + "|\\*)");

    private final List<Line> lines = new ArrayList<>();

    /** @throws IllegalArgumentException that says which rule is wrong */
    AccountRules(Map<String, ServiceAccountsConfig.Rule> rules) {
        rules.forEach((name, rule) -> {
            for (String account : rule.accounts()) {
                // Also a rule that nobody meets yet is read at start.
                lines.add(new Line(pattern(name, account), TokenSettings.grant(name, rule)));
            }
        });
        lines.sort(Comparator.comparingInt((Line line) -> line.pattern().length())
                .reversed()
                .thenComparing(Line::pattern));
    }

    /** @param like what the rule gives, by the rule's name instead of the account's */
    private record Line(String pattern, Grant like) {}

    private static String pattern(String rule, String account) {
        Matcher shortly = SHORT.matcher(account);
        if (shortly.matches()) {
            return PREFIX + shortly.group(1) + ":" + shortly.group(3);
        }
        if (ACCOUNT.matcher(account).matches()) {
            return account;
        }
        throw new IllegalArgumentException(
                "service-accounts rule '%s': accounts are NAMESPACE/NAME, NAMESPACE/* or %sNAMESPACE:NAME"
                        .formatted(rule, PREFIX));
    }

    Optional<Grant> grant(String subject) {
        return ACCOUNT.matcher(subject).matches()
                ? lines.stream()
                        .filter(line -> Grant.fits(line.pattern(), subject))
                        .findFirst()
                        .map(line -> line.like().named(subject))
                : Optional.empty();
    }
}
