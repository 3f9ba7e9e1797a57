"""A broker's listeners besides the harness's own: address, protocol, and the settings that are theirs alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PLAIN_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule"
OAUTH_MODULE = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"


@dataclass(frozen=True, slots=True)
class Listener:
    """One listener on a free loopback port. ``properties`` are Kafka's names without the listener's prefix.

    ``advertised`` is another ``host:port`` that clients are told.
    """

    name: str
    protocol: str
    properties: Mapping[str, str] = field(default_factory=dict)
    advertised: str = ""


def server_properties(listeners: Iterable[Listener]) -> dict[str, str]:
    """The settings of all listeners with their prefixes, and what a broker with logins needs."""
    return {
        f"listener.name.{listener.name.lower()}.{name}": value
        for listener in listeners
        for name, value in listener.properties.items()
    }


def plain(users: Mapping[str, str]) -> dict[str, str]:
    """SASL/PLAIN for these users (name to password)."""
    entries = " ".join(f'user_{name}="{password}"' for name, password in users.items())
    return {
        "sasl.enabled.mechanisms": "PLAIN",
        "plain.sasl.jaas.config": f"{PLAIN_MODULE} required {entries};",
    }


def scram() -> dict[str, str]:
    """SASL/SCRAM in both sizes, for the users that ``access.add_scram_user`` makes."""
    return {
        "sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512",
        "scram-sha-256.sasl.jaas.config": f"{SCRAM_MODULE} required;",
        "scram-sha-512.sasl.jaas.config": f"{SCRAM_MODULE} required;",
    }


def bearer(validator: str, options: str = "", **properties: str) -> dict[str, str]:
    """SASL/OAUTHBEARER, its tokens checked by the class ``validator``."""
    return {
        "sasl.enabled.mechanisms": "OAUTHBEARER",
        "oauthbearer.sasl.jaas.config": f"{OAUTH_MODULE} required {options};",
        "oauthbearer.sasl.server.callback.handler.class": validator,
        **{name.replace("_", "."): value for name, value in properties.items()},
    }
