package io.agentservice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens as Kubernetes would sign them, and as it would not. */
class ServiceAccountsTest {

    private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile List<RsaJsonWebKey> published;
    private volatile boolean down;
    private HttpServer server;
    private RsaJsonWebKey key;
    private ServiceAccounts accounts;

    @BeforeEach
    void start() throws Exception {
        key = newKey("one");
        published = List.of(key);
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            byte[] body = new JsonWebKeySet(published).toJson().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(down ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        AccessConfig config = config(Map.of());
        accounts = accounts(config);
    }

    private AccessConfig config(Map<String, String> more) {
        String prefix = "agent-service.access.service-accounts.";
        var builder = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(AccessConfig.class)
                .withDefaultValue(prefix + "issuer", ISSUER)
                .withDefaultValue(
                        prefix + "jwks-url",
                        "http://127.0.0.1:" + server.getAddress().getPort() + "/")
                .withDefaultValue(prefix + "keys-interval", "0s")
                .withDefaultValue(prefix + "rules.ci.accounts", "ci/*")
                .withDefaultValue(prefix + "rules.ci.roles", "submit,read");
        more.forEach((name, value) -> builder.withDefaultValue(prefix + name, value));
        return builder.build().getConfigMapping(AccessConfig.class);
    }

    private ServiceAccounts accounts(AccessConfig config) {
        var download = new KeyDownload(config, vertx);
        return new ServiceAccounts(config, new IssuerKeys(config, download, Clock.systemUTC()), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        server.stop(0);
        vertx.close();
    }

    private static RsaJsonWebKey newKey(String id) throws Exception {
        RsaJsonWebKey made = RsaJwkGenerator.generateJwk(2048);
        made.setKeyId(id);
        return made;
    }

    private static JwtClaims claims() {
        var claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience("claude-agent-service");
        claims.setSubject("system:serviceaccount:ci:woodpecker");
        claims.setExpirationTimeMinutesInTheFuture(10);
        return claims;
    }

    private static String signed(JwtClaims claims, RsaJsonWebKey by) throws Exception {
        var jws = new JsonWebSignature();
        jws.setPayload(claims.toJson());
        jws.setKey(by.getPrivateKey());
        jws.setKeyIdHeaderValue(by.getKeyId());
        jws.setAlgorithmHeaderValue("RS256");
        return jws.getCompactSerialization();
    }

    private Grant admit(String token) {
        assertThat(accounts.isOurs(token)).isTrue();
        return accounts.admit(token).await().atMost(Duration.ofSeconds(10)).grant();
    }

    private void refused(String token, RefusalReason reason) {
        assertThatThrownBy(() -> admit(token))
                .isInstanceOfSatisfying(
                        RefusedTokenException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void aRightOneIsThePodItNames() throws Exception {
        Grant grant = admit(signed(claims(), key));

        assertThat(grant.name()).isEqualTo("system:serviceaccount:ci:woodpecker");
        assertThat(grant.roles()).containsExactlyInAnyOrder(Role.SUBMIT, Role.READ);
        admit(signed(claims(), key));
        assertThat(asked).hasValue(1);
    }

    @Test
    void onesThatAreNotForUsOrNotForNowAreRefused() throws Exception {
        JwtClaims expired = claims();
        expired.setExpirationTimeMinutesInTheFuture(-2);
        refused(signed(expired, key), RefusalReason.EXPIRED_TOKEN);
        JwtClaims early = claims();
        early.setNotBeforeMinutesInThePast(-5);
        refused(signed(early, key), RefusalReason.EXPIRED_TOKEN);
        JwtClaims audience = claims();
        audience.setAudience("https://kubernetes.default.svc");
        refused(signed(audience, key), RefusalReason.INVALID_TOKEN);
        JwtClaims issuer = claims();
        issuer.setIssuer("https://elsewhere");
        refused(signed(issuer, key), RefusalReason.INVALID_TOKEN);
        JwtClaims other = claims();
        other.setSubject("system:serviceaccount:default:x");
        refused(signed(other, key), RefusalReason.UNKNOWN_ACCOUNT);
        JwtClaims near = claims();
        near.setSubject("system:serviceaccount:ci2:x");
        refused(signed(near, key), RefusalReason.UNKNOWN_ACCOUNT);
        refused(signed(claims(), newKey("one")), RefusalReason.INVALID_TOKEN);
    }

    @Test
    void noneAndTheSharedSecretAreRefused() throws Exception {
        var none = new JsonWebSignature();
        none.setPayload(claims().toJson());
        none.setAlgorithmHeaderValue("none");
        none.setKeyIdHeaderValue("one");
        none.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        refused(none.getCompactSerialization(), RefusalReason.INVALID_TOKEN);
        var shared = new JsonWebSignature();
        shared.setPayload(claims().toJson());
        shared.setAlgorithmHeaderValue("HS256");
        shared.setKeyIdHeaderValue("one");
        shared.setKey(new HmacKey(key.getPublicKey().getEncoded()));
        refused(shared.getCompactSerialization(), RefusalReason.INVALID_TOKEN);
    }

    @Test
    void aNewKeyIsAskedForAndTheOldOnesLastWhileNobodyAnswers() throws Exception {
        admit(signed(claims(), key));
        RsaJsonWebKey next = newKey("two");
        published = List.of(next);
        admit(signed(claims(), next));
        down = true;
        admit(signed(claims(), next));
        refused(signed(claims(), newKey("three")), RefusalReason.INVALID_TOKEN);
    }

    @Test
    void unknownKeysDoNotMakeItAskMoreOftenThanItMay() throws Exception {
        accounts = accounts(config(Map.of("keys-interval", "1h")));
        for (int i = 0; i < 20; i++) {
            refused(signed(claims(), newKeyNamed("x" + i)), RefusalReason.INVALID_TOKEN);
        }
        assertThat(asked).hasValue(1);
    }

    private RsaJsonWebKey newKeyNamed(String id) throws Exception {
        var copy = (RsaJsonWebKey) org.jose4j.jwk.JsonWebKey.Factory.newJwk(
                key.toJson(org.jose4j.jwk.JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE));
        copy.setKeyId(id);
        return copy;
    }

    @Test
    void withoutKeysNobodyIsJudgedUntilTheyAreThere() throws Exception {
        down = true;
        assertThatThrownBy(() -> admit(signed(claims(), key))).isInstanceOf(KeysUnavailableException.class);
        down = false;
        admit(signed(claims(), key));
    }

    @Test
    void garbageIsNoTokenOfKubernetes() {
        for (String garbage : List.of("", ".", "..", "a.b.c", "eyJ.x.y", "e30.e30.x", "a.b", "a.b.c.d", "\0.\0.\0")) {
            assertThat(accounts.isOurs(garbage)).as(garbage).isFalse();
        }
    }
}
