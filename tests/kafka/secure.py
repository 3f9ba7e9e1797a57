"""One broker with every kind of listener that a plant's cluster has: TLS, mutual TLS, PLAIN, SCRAM, OAUTHBEARER.

Kafka 3.4 runs with ZooKeeper here, as cp-kafka 7.4.0 mostly does: in KRaft mode it has no SCRAM.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.chat.serving import self_signed
from tests.kafka import access, clouds
from tests.kafka.broker import KAFKA_3, RealKafka, kafka_class_path
from tests.kafka.certificates import PASSPHRASE, Authority, Identity, keystore_properties, truststore_properties
from tests.kafka.issuer import AUDIENCE, CLIENT, ISSUER, SECRET, Signer, token_server
from tests.kafka.listeners import Listener, bearer, plain, scram

USER = "terminal"
PASSWORD = "the password of a user that nobody may see"
_VALIDATORS = {
    True: "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerValidatorCallbackHandler",
    False: "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler",
}
"""By whether it is Kafka 3.4."""


class SecureKafka:
    """The broker, who vouches for it, and who its users are."""

    def __init__(self, version: str, directory: Path, signer: Signer, keys_url: str) -> None:
        self.signer = signer
        self.authority = Authority(directory / "certificates")
        self.stranger = Authority(directory / "stranger")
        """An authority that neither the broker nor its clients trust."""
        self.me = self.authority.client(USER)
        self.me_sealed = self.authority.client(f"{USER}-sealed", passphrase=PASSPHRASE)
        self.nobody = self.stranger.client(USER)
        stand_ins = clouds.listeners(self.authority, _signed_tokens(version, keys_url), scram())
        self.broker = RealKafka(
            version,
            directory / "broker",
            more=[*self._certificates(), *self._logins(version, keys_url), *stand_ins],
            with_zookeeper=version == KAFKA_3,
            classes=[clouds.compiled_validator(version, kafka_class_path(version))],
            java_options=[f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={keys_url}"],
        )

    def _certificates(self) -> Iterator[Listener]:
        """Listeners without a login: a good certificate, a client's asked for, and four that no client should take."""
        good = keystore_properties(self.authority.server("server"))
        yield Listener("AWAY", "PLAINTEXT", advertised="kafka.invalid:29092")
        yield Listener("TLS", "SSL", good)
        mapping = {"ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/"}
        yield Listener("MTLS", "SSL", {**good, **truststore_properties(self.authority), **mapping})
        yield Listener("EXPIRED", "SSL", keystore_properties(self.authority.expired("expired")))
        yield Listener("OTHERNAME", "SSL", keystore_properties(self.authority.server("other", "other.plant")))
        itself = self_signed(self.authority.file.parent)
        yield Listener("ITSELF", "SSL", keystore_properties(Identity(itself.certificate, itself.key)))
        yield Listener("STRANGER", "SSL", keystore_properties(self.stranger.server("stranger")))

    def _logins(self, version: str, keys_url: str) -> Iterator[Listener]:
        good = keystore_properties(self.authority.server("server"))
        yield Listener("PLAIN", "SASL_SSL", {**good, **plain({USER: PASSWORD, "reader": PASSWORD})})
        yield Listener("SCRAM", "SASL_SSL", {**good, **scram()})
        yield Listener("BARE", "SASL_PLAINTEXT", scram())
        checked = _signed_tokens(version, keys_url)
        yield Listener("OAUTH", "SASL_SSL", {**good, **checked})
        # A login lasts as long as its token does.
        yield Listener("BRIEF", "SASL_SSL", {**good, **checked, "connections.max.reauth.ms": "3600000"})

    async def start(self) -> None:
        """Start the broker and make the SCRAM user."""
        await self.broker.start()
        await access.add_scram_user(self.broker.bootstrap, USER, PASSWORD)

    def settings(self, listener: str, **more: Any) -> dict[str, Any]:
        """A terminal's settings for a listener without a login, or with the login that ``more`` names."""
        protocol = next(one.protocol for one in self.broker.more if one.name == listener)
        given: dict[str, Any] = {"bootstrap_servers": self.broker.address(listener), "security_protocol": protocol}
        if protocol.endswith("SSL"):
            given["ssl_ca_file"] = str(self.authority.file)
        return given | more

    def away(self) -> dict[str, Any]:
        """The settings for a listener that is meant for another network: it answers, and sends clients nowhere."""
        host, port = self.broker.bound("AWAY")
        return {"bootstrap_servers": f"{host}:{port}"}

    def login(self, mechanism: str, **more: Any) -> dict[str, Any]:
        """The settings of the user with the right password, by this mechanism."""
        listener = "PLAIN" if mechanism == "PLAIN" else "SCRAM"
        user = {"sasl_mechanism": mechanism, "sasl_username": USER, "sasl_password": PASSWORD}
        return self.settings(listener, **user) | more

    def bearer(self, token_url: str, listener: str = "OAUTH", **more: Any) -> dict[str, Any]:
        """The settings of the client with the right secret, by tokens from ``token_url``."""
        client = {"oauth_token_url": token_url, "oauth_client_id": CLIENT, "oauth_client_secret": SECRET}
        return self.settings(listener, sasl_mechanism="OAUTHBEARER", **client) | more


def _signed_tokens(version: str, keys_url: str) -> dict[str, str]:
    """OAUTHBEARER with Kafka's own check of signature, issuer, audience and times."""
    return bearer(
        _VALIDATORS[version == KAFKA_3],
        sasl_oauthbearer_jwks_endpoint_url=keys_url,
        sasl_oauthbearer_expected_audience=AUDIENCE,
        sasl_oauthbearer_expected_issuer=ISSUER,
    )


@contextmanager
def secure_kafka(version: str, directory: Path) -> Iterator[SecureKafka]:
    """The broker, not started, and the server of the keys that it checks tokens with; both end with the block."""
    signer = Signer()
    with token_server(signer) as keys:
        secure = SecureKafka(version, directory, signer, keys.url.replace("/token", "/jwks"))
        try:
            yield secure
        finally:
            secure.broker.close()
