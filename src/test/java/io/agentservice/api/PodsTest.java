package io.agentservice.api;

import static io.agentservice.api.TokenHolders.as;
import static io.agentservice.api.TokenHolders.cancel;
import static io.agentservice.api.TokenHolders.submit;
import static io.agentservice.api.TokenHolders.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.testing.AccessSurroundings;
import io.agentservice.testing.Given;
import io.agentservice.testing.ServiceUnderTest;
import io.agentservice.testing.SseReader;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pods of a cluster and holders of tokens, by the same door. In one story, since keys that were once read are kept. */
@QuarkusTest
@WithTestResource(ServiceUnderTest.class)
@WithTestResource(AccessSurroundings.class)
@TestProfile(TokenHolders.Profile.class)
@Tag("full")
class PodsTest {

    @Given(AccessSurroundings.KEYS)
    String keysServer;

    private RsaJsonWebKey key;

    private void serve(String keys) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(keysServer))
                .PUT(BodyPublishers.ofString(keys))
                .build();
        HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
    }

    private static RsaJsonWebKey newKey() throws Exception {
        RsaJsonWebKey made = RsaJwkGenerator.generateJwk(2048);
        made.setKeyId("one");
        return made;
    }

    /** What a pod of the namespace ci gets, but for this. */
    private static JwtClaims claims(Consumer<JwtClaims> change) {
        var claims = new JwtClaims();
        claims.setIssuer(AccessSurroundings.ISSUER);
        claims.setAudience("claude-agent-service");
        claims.setSubject("system:serviceaccount:ci:woodpecker");
        claims.setExpirationTimeMinutesInTheFuture(10);
        change.accept(claims);
        return claims;
    }

    private String signed(Consumer<JwtClaims> change) throws Exception {
        return signed(claims(change), key, "RS256");
    }

    private static String signed(JwtClaims claims, PublicJsonWebKey by, String algorithm) throws Exception {
        var jws = new JsonWebSignature();
        jws.setPayload(claims.toJson());
        jws.setKey(by.getPrivateKey());
        jws.setKeyIdHeaderValue(by.getKeyId());
        jws.setAlgorithmHeaderValue(algorithm);
        return jws.getCompactSerialization();
    }

    private static String unsigned() throws Exception {
        var jws = new JsonWebSignature();
        jws.setPayload(claims(usual -> {}).toJson());
        jws.setAlgorithmHeaderValue("none");
        jws.setKeyIdHeaderValue("one");
        jws.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        return jws.getCompactSerialization();
    }

    private String signedWithThePublicKey() throws Exception {
        var jws = new JsonWebSignature();
        jws.setPayload(claims(usual -> {}).toJson());
        jws.setAlgorithmHeaderValue("HS256");
        jws.setKeyIdHeaderValue("one");
        jws.setKey(new HmacKey(key.getPublicKey().getEncoded()));
        return jws.getCompactSerialization();
    }

    private static void refused(String token, String why) {
        Response answer = with(token).get("/jobs");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
        assertThat(answer.asString()).contains(why).doesNotContain(token);
    }

    private static void tokensOfTheServiceAreGood() {
        for (String token : new String[] {"alice-secret", TokenHolders.LOOKS_LIKE_A_JWT, ServiceUnderTest.TOKEN}) {
            assertThat(with(token).get("/jobs").statusCode()).as(token).isEqualTo(200);
        }
    }

    @Test
    void podsAreLetInByTheirTokensAndNeitherWayInHidesTheOther() throws Exception {
        key = newKey();
        String good = signed(usual -> {});
        Response early = with(good).get("/jobs");
        assertThat(early.statusCode()).as("there are no keys yet").isEqualTo(503);
        assertThat(early.asString()).contains("keys-unavailable");
        assertThat(early.header("Retry-After")).isNotNull();
        tokensOfTheServiceAreGood();

        PublicJsonWebKey curve = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        curve.setKeyId("two");
        serve(new JsonWebKeySet(key, curve).toJson());
        assertThat(with(good).get("/jobs").statusCode()).isEqualTo(200);
        String other = signed(claims(usual -> {}), curve, "ES256");
        assertThat(with(other).get("/jobs").statusCode()).isEqualTo(200);
        tokensOfTheServiceAreGood();
        othersAreRefused();
        aPodHasWhatItsRuleSays(good);
        itsStreamEndsWithItsTime();

        serve("");
        assertThat(with(good).get("/jobs").statusCode())
                .as("the keys' server is gone")
                .isEqualTo(200);
        tokensOfTheServiceAreGood();
    }

    private void othersAreRefused() throws Exception {
        refused(signed(claims -> claims.setExpirationTimeMinutesInTheFuture(-2)), "the time of this token is over");
        refused(signed(claims -> claims.setNotBeforeMinutesInThePast(-5)), "or has not come");
        refused(signed(claims -> claims.setAudience("https://kubernetes.default.svc")), "not for this service");
        refused(signed(claims -> claims.unsetClaim("aud")), "not for this service");
        refused(signed(claims -> claims.unsetClaim("exp")), "not for this service");
        refused(signed(claims -> claims.setIssuer("https://elsewhere")), "not for this service");
        refused(signed(claims -> claims.setSubject("system:serviceaccount:default:x")), "no rule");
        refused(unsigned(), "not for this service");
        refused(signedWithThePublicKey(), "not for this service");
        refused(signed(claims(usual -> {}), newKey(), "RS256"), "not for this service");
        refused("eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJ", "not for this service");
        refused("not.a.jwt", "not one of the service's");
    }

    private static void aPodHasWhatItsRuleSays(String token) {
        String own = with(token)
                .body(Map.of("agent", "stub-waits", "prompt", "wait"))
                .post("/execute")
                .then()
                .statusCode(202)
                .extract()
                .path("job_id");
        String alices = submit("alice");
        assertThat(with(token).get("/jobs").asString()).contains(own).doesNotContain(alices);
        assertThat(with(token).get("/jobs/" + alices).statusCode()).isEqualTo(404);
        assertThat(as("alice").get("/jobs/" + own).statusCode()).isEqualTo(404);
        assertThat(with(token).get("/audit").statusCode()).isEqualTo(403);
        assertThat(as("boss").get("/audit?job_id=" + own).asString()).contains("system:serviceaccount:ci:woodpecker");
        with(token).post("/jobs/" + own + "/cancel").then().statusCode(202);
        cancel("alice", alices);
    }

    private void itsStreamEndsWithItsTime() throws Exception {
        NumericDate end = NumericDate.now();
        end.addSeconds(2);
        String brief = signed(claims -> claims.setExpirationTime(end));
        var uri = URI.create("%s:%d/jobs/events".formatted(RestAssured.baseURI, RestAssured.port));
        try (var feed = SseReader.open(uri, Optional.empty(), brief)) {
            // Nothing ends it but its own time: a minute more, and the reader would give up.
            feed.toEnd();
        }
        refused(brief, "the time of this token is over");
    }
}
