import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/**
 * Checks the form of a cloud's tokens as far as that can be done away from the cloud. The login module's options tell
 * which: form=msk with region and key (the access key's id), form=google with account and token.
 */
public final class CloudTokens implements AuthenticateCallbackHandler {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter AWS_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Map<String, ?> options = Map.of();

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
        options = entries.get(0).getOptions();
    }

    @Override
    public void handle(Callback[] callbacks) {
        for (Callback callback : callbacks) {
            if (callback instanceof OAuthBearerValidatorCallback asked) {
                check(asked);
            } else if (callback instanceof OAuthBearerExtensionsValidatorCallback extensions) {
                extensions.inputExtensions().map().keySet().forEach(extensions::valid);
            }
        }
    }

    @Override
    public void close() {}

    private void check(OAuthBearerValidatorCallback asked) {
        try {
            boolean google = "google".equals(options.get("form"));
            asked.token(google ? google(asked.tokenValue()) : msk(asked.tokenValue()));
        } catch (Exception wrong) {
            System.err.println("CloudTokens refuses: " + wrong);
            asked.error("invalid_token", null, null);
        }
    }

    /** A presigned URL of the cluster's own service: what AWS documents for SASL/OAUTHBEARER on MSK. */
    private OAuthBearerToken msk(String token) throws Exception {
        must(!token.contains("="), "padded");
        URI uri = URI.create(new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8));
        String region = (String) options.get("region");
        must(uri.getScheme().equals("https"), "scheme");
        must(uri.getHost().equals("kafka." + region + ".amazonaws.com"), "host " + uri.getHost());
        Map<String, String> query = query(uri);
        must("kafka-cluster:Connect".equals(query.get("Action")), "action");
        must("AWS4-HMAC-SHA256".equals(query.get("X-Amz-Algorithm")), "algorithm");
        must("host".equals(query.get("X-Amz-SignedHeaders")), "signed headers");
        must(query.getOrDefault("X-Amz-Signature", "").matches("[0-9a-f]{64}"), "signature");
        String[] scope = query.get("X-Amz-Credential").split("/");
        must(scope[0].equals(options.get("key")) && scope[2].equals(region), "credential");
        must(scope[3].equals("kafka-cluster") && scope[4].equals("aws4_request"), "scope");
        Instant from = AWS_TIME.parse(query.get("X-Amz-Date"), Instant::from);
        return new Checked(token, "terminal", from, from.plusSeconds(Long.parseLong(query.get("X-Amz-Expires"))));
    }

    /** Three unpadded base64url parts: header, claims, and the access token. */
    private OAuthBearerToken google(String token) throws Exception {
        String[] parts = token.split("\\.");
        must(parts.length == 3 && !token.contains("="), "parts");
        JsonNode header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
        must("JWT".equals(header.path("typ").asText()), "typ");
        must("GOOG_OAUTH2_TOKEN".equals(header.path("alg").asText()), "alg");
        JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        must("Google".equals(claims.path("iss").asText()) && "kafka".equals(claims.path("scope").asText()), "claims");
        must(claims.path("sub").asText().equals(options.get("account")), "sub " + claims.path("sub"));
        must(claims.path("exp").isNumber() && claims.path("iat").isNumber(), "times");
        String access = new String(Base64.getUrlDecoder().decode(parts[2]), StandardCharsets.UTF_8);
        must(access.startsWith((String) options.get("token")), "access token");
        return new Checked(token, "terminal", epoch(claims, "iat"), epoch(claims, "exp"));
    }

    private static Instant epoch(JsonNode claims, String name) {
        return Instant.ofEpochMilli((long) (claims.path(name).asDouble() * 1000));
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> found = new HashMap<>();
        for (String pair : uri.getRawQuery().split("&")) {
            String[] sides = pair.split("=", 2);
            found.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
        }
        return found;
    }

    private static void must(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    private record Checked(String value, String principalName, Instant from, Instant until)
            implements OAuthBearerToken {
        Checked {
            must(until.isAfter(Instant.now()), "run out at " + until);
        }

        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public long lifetimeMs() {
            return until.toEpochMilli();
        }

        @Override
        public Long startTimeMs() {
            return from.toEpochMilli();
        }
    }
}
