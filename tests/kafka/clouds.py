"""Listeners that stand in for the clouds' clusters: their host names, ports, certificates and logins, on loopback.

What they cannot prove is the cloud itself: its rights, its limits, and whether it takes the tokens that the cloud's own
library made.
"""

import os
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kafka.broker import RealKafka
from tests.kafka.certificates import Authority, keystore_properties
from tests.kafka.jars import java, made_once, run_tool
from tests.kafka.listeners import Listener, bearer
from tests.kafka.listeners import plain as plain_login
from tests.kafka.ports import LOOPBACK

HUBS = "plant.servicebus.windows.net"
ENTRA = "plant-entra.servicebus.windows.net"
MSK = "b-1.plant.a1b2c3.c2.kafka.ap-northeast-2.amazonaws.com"
MSK_SCRAM = "b-2.plant.a1b2c3.c2.kafka.ap-northeast-2.amazonaws.com"
GOOGLE = "bootstrap.plant.asia-northeast3.managedkafka.works.cloud.goog"
CONFLUENT = "pkc-4kgmg.ap-northeast-2.aws.confluent.cloud"
CONNECTION_STRING = (
    f"Endpoint=sb://{HUBS}/;SharedAccessKeyName=terminal;SharedAccessKey=bm90IGEga2V5IHRoYXQgYW55Ym9keSBtYXkgc2Vl"
)
AWS_KEY = "AKIAIOSFODNN7EXAMPLE"
GOOGLE_ACCOUNT = "terminal@works.iam.gserviceaccount.com"
GOOGLE_TOKEN = "ya29."
API_KEY, API_SECRET = "ABCDEFGHIJKLMNOP", "an API secret of Confluent that nobody may see"

_SOURCE = Path(__file__).with_name("java") / "CloudTokens.java"


def listeners(authority: Authority, jwks_checked: dict[str, str], scram: dict[str, str]) -> Iterator[Listener]:
    """One for each cloud, on the port that the cloud has. ``jwks_checked`` checks signed tokens, as Entra's are."""
    names = (HUBS, ENTRA, MSK, MSK_SCRAM, GOOGLE, CONFLUENT)
    good = keystore_properties(authority.server("clouds", *names))
    region = MSK.split(".")[-3]
    itself = 'unsecuredLoginStringClaim_sub="broker"'  # with options of any kind the broker wants a token of its own
    msk = bearer("CloudTokens", f'{itself} form="msk" region="{region}" key="{AWS_KEY}"')
    google = bearer("CloudTokens", f'{itself} form="google" account="{GOOGLE_ACCOUNT}" token="{GOOGLE_TOKEN}"')
    logins = (
        ("HUBS", HUBS, 9093, plain_login({"$ConnectionString": CONNECTION_STRING})),
        ("ENTRA", ENTRA, 9093, jwks_checked),
        ("MSK", MSK, 9098, msk),
        ("MSKSCRAM", MSK_SCRAM, 9096, scram),
        ("GOOGLE", GOOGLE, 9092, google),
        ("CONFLUENT", CONFLUENT, 9092, plain_login({API_KEY: API_SECRET})),
    )
    for name, host, port, login in logins:
        yield Listener(name, "SASL_SSL", {**good, **login}, advertised=f"{host}:{port}")


def compiled_validator(version: str, class_path: str) -> Path:
    """The folder of the class that checks tokens, compiled against that Kafka."""
    compiler = (java(), "-m", "jdk.compiler/com.sun.tools.javac.Main")
    jars = os.pathsep.join(str(jar) for jar in Path(class_path).parent.glob("*.jar"))
    return made_once(
        f"cloud-tokens-{version}",
        [_SOURCE],
        lambda into: run_tool("javac", [*compiler, "-d", str(into), "-cp", jars, str(_SOURCE)]),
    )


def answer_for(monkeypatch: pytest.MonkeyPatch, broker: RealKafka, plain: Iterable[str] = ()) -> None:
    """Let the clouds' addresses mean the stand-ins' in this process; nothing else of a connection changes.

    ``plain`` are further addresses (``host:port``) for the broker's listener without a login.
    """
    known = {one.advertised: broker.bound(one.name) for one in broker.more if one.advertised}
    known |= dict.fromkeys(plain, (LOOPBACK, broker.port))
    ask = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *arguments: Any, **more: Any) -> Any:
        return ask(*known.get(f"{host}:{port}", (host, port)), *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
