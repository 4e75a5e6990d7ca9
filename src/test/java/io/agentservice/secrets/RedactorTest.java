package io.agentservice.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.job.Delta;
import io.agentservice.store.EventFilter.OutputFilter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

    private static final String SECRET = "s3cr3t/With+\"Marks\\&\u00e4-7Kq9zX";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KnownSecrets known = new KnownSecrets();
    private final Redactor redactor = new Redactor(known);

    private void know() {
        known.remember("THE_TOKEN", SECRET);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String json(Object value) throws Exception {
        return JSON.writeValueAsString(value);
    }

    @Test
    void aTextWithoutASecretIsTheSameText() {
        know();
        String text = "nothing to see here, s3cr3t but not With";
        assertThat(redactor.text(text)).isSameAs(text);
    }

    @Test
    void aSecretIsReplacedByItsName() {
        know();
        assertThat(redactor.text("a " + SECRET + " b " + SECRET))
                .isEqualTo("a [redacted:THE_TOKEN] b [redacted:THE_TOKEN]");
    }

    @Test
    void aSecretIsFoundInEveryForm() throws Exception {
        know();
        String quoted = json(SECRET);
        for (String form : java.util.List.of(
                SECRET,
                quoted,
                json(quoted),
                Base64.getEncoder().encodeToString(bytes(SECRET)),
                Base64.getEncoder().encodeToString(bytes("x" + SECRET + "y")),
                Base64.getEncoder().encodeToString(bytes("Authorization: Bearer " + SECRET + "\n")),
                Base64.getUrlEncoder().encodeToString(bytes("xy" + SECRET)),
                Base64.getMimeEncoder(20, bytes("\n")).encodeToString(bytes("user:" + SECRET)),
                URLEncoder.encode(SECRET, StandardCharsets.UTF_8),
                Pattern.compile("%..")
                        .matcher(URLEncoder.encode(SECRET, StandardCharsets.UTF_8))
                        .replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT)),
                HexFormat.of().formatHex(bytes(SECRET)),
                HexFormat.of().withUpperCase().formatHex(bytes(SECRET)),
                HexFormat.ofDelimiter(" ").formatHex(bytes(SECRET)),
                new StringBuilder(SECRET).reverse().toString(),
                SECRET.replaceAll("(.{5})", "$1\n"))) {
            assertThat(redactor.text("[" + form + "]"))
                    .as(form)
                    .contains("[redacted:THE_TOKEN]")
                    .hasSizeLessThan(60);
        }
    }

    @Test
    void base32IsFoundToo() {
        known.remember("T", "0123456789abcdef");
        // From coreutils: printf 0123456789abcdef | base32
        assertThat(redactor.text("GAYTEMZUGU3DOOBZMFRGGZDFMY======"))
                .startsWith("[redacted:T]")
                .hasSizeLessThan(21);
    }

    @Test
    void aLineOfJsonStaysOneWhateverIsReplaced() throws Exception {
        know();
        known.remember("N", "nfollowedByLetters");
        String line = json(java.util.Map.of(
                "type",
                "user",
                "a",
                "x\nfollowedByLetters " + SECRET + "\"",
                "b",
                json(java.util.Map.of("t", SECRET))));

        String shown = redactor.output().stdout(line, false);

        var node = JSON.readTree(shown);
        assertThat(node.get("a").asText()).isEqualTo("x\nfollowedByLetters [redacted:THE_TOKEN]\"");
        assertThat(JSON.readTree(node.get("b").asText()).get("t").asText()).isEqualTo("[redacted:THE_TOKEN]");
    }

    @Test
    void charsThatAreEscapedForNoReasonHideNothing() {
        known.remember("T", "plain-secret-1");
        assertThat(redactor.output().stdout("{\"a\":\"\\u0070lain\\u002dsecret-1\"}", false))
                .isEqualTo("{\"a\":\"[redacted:T]\"}");
    }

    @Test
    void aSecretThatIsBrokenAcrossLinesOfStderrIsMaskedInBoth() {
        know();
        OutputFilter output = redactor.output();
        assertThat(output.stderr("it is " + SECRET.substring(0, 12))).isEqualTo("it is [redacted:part]");
        assertThat(output.stderr(SECRET.substring(12) + " now")).isEqualTo("[redacted:THE_TOKEN] now");
        assertThat(output.stderr("and on")).isEqualTo("and on");
    }

    @Test
    void whatIsLeftOfASecretWhereALineWasCutIsMasked() {
        know();
        assertThat(redactor.output().stdout("{\"a\":\"s3cr3t/With+\\\"Marks", true))
                .isEqualTo("{\"a\":\"[redacted:part]");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 13, 21, 100})
    void aSecretInPiecesIsNeverShown(int size) {
        know();
        OutputFilter output = redactor.output();
        String said = "I found s3cr3t, that is: " + SECRET + " and I tell you s3cr.";
        var shown = new StringBuilder();
        for (int i = 0; i < said.length(); i += size) {
            String piece = said.substring(i, Math.min(said.length(), i + size));
            shown.append(
                    output.delta(new Delta("text", piece, Optional.empty())).text());
        }
        assertThat(shown.toString())
                .matches("I found s3cr3t, that is: (s3?)?\\[redacted:THE_TOKEN\\] and I tell you (s3cr\\.?)?");
    }

    @Test
    void piecesOfDifferentSpeakersAreNotMixed() {
        know();
        OutputFilter output = redactor.output();
        output.delta(new Delta("text", SECRET.substring(0, 9), Optional.empty()));
        assertThat(output.delta(new Delta("text", "hello ", Optional.of("sub"))).text())
                .isEqualTo("hello ");
        assertThat(output.delta(new Delta("thinking", SECRET.substring(9), Optional.empty()))
                        .text())
                .isEqualTo(SECRET.substring(9));
        assertThat(output.delta(new Delta("text", SECRET.substring(9) + ".", Optional.empty()))
                        .text())
                .isEqualTo("[redacted:THE_TOKEN].");
    }

    @Test
    void whatIsHeldBackIsForgottenWithTheMessage() {
        know();
        OutputFilter output = redactor.output();
        output.delta(new Delta("text", "s3cr3t", Optional.empty()));
        output.messageEnded();
        assertThat(output.delta(new Delta("text", " then", Optional.empty())).text())
                .isEqualTo(" then");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ghp_0123456789abcdefghijABCDEFGHIJ012345      | github-token",
                "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwx | github-token",
                "glpat-abcdefghij0123456789                    | gitlab-token",
                "sk-ant-oat01-abcdefghijklmnopqrstuvwxyz       | anthropic-key",
                "xoxb-123456789012-abcdefABCDEF                | slack-token",
                "AKIAIOSFODNN7EXAMPLE                          | aws-key",
                "hvs.CAESIJ0123456789abcdefghijklmn            | vault-token",
                "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl | jwt",
            })
    void tokensThatNobodyToldUsOfAreKnownByTheirShape(String token, String name) {
        assertThat(redactor.text("see " + token + ", ok")).isEqualTo("see [redacted:" + name + "], ok");
        OutputFilter output = redactor.output();
        var shown = new StringBuilder();
        for (char c : ("see " + token + ", ok!").toCharArray()) {
            shown.append(
                    output.delta(new Delta("text", "" + c, Optional.empty())).text());
        }
        assertThat(shown.toString()).matches("see .{0,2}\\[redacted:" + name + "\\], ok!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ghp_short",
                "a variable named npm_package_name",
                "toolu_01AKIAIOSFODNN7EXAMPLEX",
                "-----BEGIN CERTIFICATE-----",
                "eyJhbGciOiJSUzI1NiJ9 alone"
            })
    void whatOnlyBeginsLikeATokenIsLeftAlone(String text) {
        assertThat(redactor.text(text)).isSameAs(text);
    }

    @Test
    void aPrivateKeyIsMaskedAsAWhole() throws Exception {
        String body = new Random(1)
                .ints(24, 0, 26)
                .mapToObj(i -> ("" + (char) ('a' + i)).repeat(64))
                .collect(Collectors.joining("\n"));
        String key = "-----BEGIN RSA PRIVATE KEY-----\n" + body + "\n-----END RSA PRIVATE KEY-----";

        assertThat(redactor.text("k:\n" + key + "\nrest")).isEqualTo("k:\n[redacted:private-key]\nrest");
        assertThat(redactor.output().stdout(json(java.util.Map.of("k", "a " + key + "\nrest")), false))
                .isEqualTo("{\"k\":\"a [redacted:private-key]\\nrest\"}");
        OutputFilter output = redactor.output();
        assertThat(key.lines().map(output::stderr).collect(Collectors.joining()))
                .doesNotContain("aaaa", "zzzz", body.substring(0, 20));
    }

    @Test
    void theLinesOfAKnownKeyAreFoundAlone() {
        known.remember("KEY", "first-line-of-a-key-0001\nsecond-line-of-a-key-0002\n");
        assertThat(redactor.text("only second-line-of-a-key-0002 here")).isEqualTo("only [redacted:KEY] here");
    }

    @Test
    void theFieldsOfAKnownJsonAreFoundAlone() {
        known.remember("GCP", "{\"client_id\":\"1234567890123456\",\"type\":\"x\"}");
        assertThat(redactor.text("id 1234567890123456.")).isEqualTo("id [redacted:GCP].");
    }

    @Test
    void aShortValueIsLeftAlone() {
        known.remember("SHORT", "abc1234");
        assertThat(redactor.text("abc1234")).isEqualTo("abc1234");
    }

    @Test
    void ofTwoThatOverlapTheLongerIsNamed() {
        known.remember("A", "abcdefgh12");
        known.remember("B", "abcdefgh1234567890");
        assertThat(redactor.text("abcdefgh1234567890 abcdefgh12")).isEqualTo("[redacted:B] [redacted:A]");
    }
}
