"""Certificates of the tests' own authority, and some that no client should take; Kafka's PEM files of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tests.kafka.ports import LOOPBACK

PASSPHRASE = "the passphrase of a key"


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its chain and its key, each in a PEM file."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority whose files are in ``directory``."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._ca = trustme.CA(organization_name="The plant's test authority")
        self.file = directory / "ca.pem"
        """What clients are to trust."""
        self._ca.cert_pem.write_to_path(self.file)

    def server(self, name: str, *names: str) -> Identity:
        """A server's certificate for these host names, as file ``name``; without any for the loopback address."""
        return self._kept(name, self._ca.issue_cert(*(names or (LOOPBACK, "localhost"))))

    def expired(self, name: str) -> Identity:
        """A server's certificate that ran out yesterday."""
        return self.expiring(name, datetime.now(UTC) - timedelta(days=1))

    def expiring(self, name: str, at: datetime) -> Identity:
        """A server's certificate that runs out at that time."""
        return self._kept(name, self._ca.issue_cert(LOOPBACK, not_after=at))

    def client(self, name: str, *, passphrase: str | None = None) -> Identity:
        """A client's certificate whose common name is ``name``, its key under ``passphrase`` where one is given."""
        return self._kept(name, self._ca.issue_cert(f"{name}.plant", common_name=name), passphrase)

    def _kept(self, name: str, issued: trustme.LeafCert, passphrase: str | None = None) -> Identity:
        identity = Identity(self._directory / f"{name}.pem", self._directory / f"{name}.key")
        identity.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        key = load_pem_private_key(issued.private_key_pem.bytes(), password=None)
        sealed: KeySerializationEncryption = NoEncryption()
        if passphrase is not None:
            sealed = BestAvailableEncryption(passphrase.encode())
        # Kafka reads keys in PKCS 8 alone.
        identity.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed))
        return identity


def keystore_properties(identity: Identity) -> dict[str, str]:
    """A listener's settings to present ``identity``."""
    together = identity.certificate.with_suffix(".keystore.pem")
    together.write_bytes(identity.key.read_bytes() + identity.certificate.read_bytes())
    return {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(together)}


def truststore_properties(authority: Authority) -> dict[str, str]:
    """A listener's settings to ask every client for a certificate of ``authority``."""
    return {
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.file),
        "ssl.client.auth": "required",
    }
