package io.agentservice.secrets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** The forms in which a secret is looked for. Without white space: that is not looked at, so a wrapped one is found. */
final class SecretForms {

    /** Something shorter is found everywhere, and guessed anyway. In chars. */
    static final int SHORTEST = 8;

    private static final int SHORTEST_PART = 16;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private SecretForms() {}

    /** Empty if the value is too short to be looked for. */
    static Set<String> of(String value) {
        Set<String> forms = new LinkedHashSet<>();
        add(value, forms);
        // A key file is also printed line by line, and a JSON file field by field.
        value.lines().filter(line -> line.strip().length() >= SHORTEST_PART).forEach(line -> add(line.strip(), forms));
        addFields(value, forms);
        forms.removeIf(form -> form.length() < SHORTEST);
        return forms;
    }

    private static void addFields(String value, Set<String> forms) {
        if (!value.stripLeading().startsWith("{")) {
            return;
        }
        try {
            JSON.readTree(value).forEach(field -> addField(field, forms));
        } catch (JsonProcessingException notJson) {
            // A value that begins with a brace is as good as any.
        }
    }

    private static void addField(JsonNode field, Set<String> forms) {
        if (field.isTextual() && field.asText().length() >= SHORTEST_PART) {
            add(field.asText(), forms);
        }
    }

    private static void add(String value, Set<String> forms) {
        String bare = value.replaceAll("\\s", "");
        if (bare.length() < SHORTEST) {
            return;
        }
        forms.add(bare);
        forms.add(new StringBuilder(bare).reverse().toString());
        String once = escaped(value);
        addBare(once, forms);
        addBare(escaped(once), forms);
        String url = URLEncoder.encode(value, StandardCharsets.UTF_8);
        addBare(url, forms);
        addBare(url.replace("+", "%20"), forms);
        addBare(url.toLowerCase(Locale.ROOT), url, forms);
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        forms.add(HexFormat.of().formatHex(bytes));
        forms.add(HexFormat.of().withUpperCase().formatHex(bytes));
        forms.add(base32(bytes));
        for (int before = 0; before < 3; before++) {
            String form = base64(bytes, before);
            forms.add(form);
            forms.add(form.replace('+', '-').replace('/', '_'));
        }
    }

    private static void addBare(String form, Set<String> forms) {
        forms.add(form.replaceAll("\\s", ""));
    }

    /** Percent signs with small letters; the letters of the value itself stay as they are. */
    private static void addBare(String lower, String upper, Set<String> forms) {
        var mixed = new StringBuilder(upper);
        for (int i = 0; i < upper.length(); i++) {
            if (upper.charAt(i) == '%') {
                mixed.replace(i, i + 3, lower.substring(i, i + 3));
            }
        }
        addBare(mixed.toString(), forms);
    }

    private static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    /**
     * What of the base64 of something longer is the same whatever stands around the value.
     *
     * @param before how many bytes of the first group of three are not the value's
     */
    private static String base64(byte[] value, int before) {
        byte[] shifted = new byte[before + value.length];
        System.arraycopy(value, 0, shifted, before, value.length);
        String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
        int from = (before * 8 + 5) / 6;
        int to = (shifted.length * 8) / 6;
        return text.substring(from, to);
    }

    private static String base32(byte[] value) {
        var text = new StringBuilder(value.length * 8 / 5);
        int bits = 0;
        int kept = 0;
        for (byte octet : value) {
            bits = (bits << 8 | octet & 0xff) & 0xfff;
            for (kept += 8; kept >= 5; kept -= 5) {
                text.append(BASE32.charAt(bits >> kept - 5 & 31));
            }
        }
        return text.toString();
    }
}
