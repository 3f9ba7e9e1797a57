"""A terminal's certificates: what can be used is used, what cannot is named, and nobody is asked at the terminal."""

import ssl
import subprocess
from pathlib import Path

import pytest

from core.domain.cluster_problems import ClusterError, ClusterProblemKind
from core.kafka.auth.tls import tls_context
from core.settings import Settings, load_settings

PASSPHRASE = "a passphrase that nobody sees"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, its key, and the key behind a passphrase."""
    folder = tmp_path_factory.mktemp("tls")
    new = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2")
    subprocess.run(
        [*new, "-nodes", "-subj", "/CN=terminal", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-in", folder / "key.pem", "-out", folder / "locked.pem",
         "-passout", f"file:{folder / 'passphrase'}"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    (folder / "both.pem").write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    (folder / "rubbish.pem").write_text("rubbish")
    return folder


def given(folder: Path, **files: str) -> Settings:
    return load_settings(security_protocol="SSL", **{name: folder / file for name, file in files.items()})


def test_the_host_s_name_is_always_checked(made: Path) -> None:
    context = tls_context(given(made, ssl_ca_file="cert.pem").kafka)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    "files",
    [
        {"ssl_cert_file": "cert.pem", "ssl_key_file": "key.pem"},
        {"ssl_cert_file": "both.pem"},
        {"ssl_cert_file": "cert.pem", "ssl_key_file": "locked.pem", "ssl_key_password_file": "passphrase"},
    ],
)
def test_a_certificate_of_ours_is_taken(made: Path, files: dict[str, str]) -> None:
    tls_context(given(made, **files).kafka)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"ssl_ca_file": "none.pem"}, "KAFKA_SSL_CA_FILE"),
        ({"ssl_ca_file": "rubbish.pem"}, "KAFKA_SSL_CA_FILE"),
        ({"ssl_key_file": "key.pem"}, "KAFKA_SSL_CERT_FILE"),
        ({"ssl_cert_file": "none.pem", "ssl_key_file": "key.pem"}, "KAFKA_SSL_CERT_FILE"),
        ({"ssl_cert_file": "rubbish.pem", "ssl_key_file": "key.pem"}, "KAFKA_SSL_CERT_FILE"),
        ({"ssl_cert_file": "cert.pem"}, "KAFKA_SSL_KEY_FILE"),
        ({"ssl_cert_file": "cert.pem", "ssl_key_file": "rubbish.pem"}, "KAFKA_SSL_KEY_FILE"),
        ({"ssl_cert_file": "cert.pem", "ssl_key_file": "locked.pem"}, "KAFKA_SSL_KEY_PASSWORD"),
        (
            {"ssl_cert_file": "cert.pem", "ssl_key_file": "locked.pem", "ssl_key_password_file": "rubbish.pem"},
            "KAFKA_SSL_KEY_PASSWORD",
        ),
    ],
)
def test_what_cannot_be_used_is_named(made: Path, files: dict[str, str], names: str) -> None:
    with pytest.raises(ClusterError) as caught:
        tls_context(given(made, **files).kafka)
    assert caught.value.problem.kind is ClusterProblemKind.FILE
    assert names in caught.value.problem.words
    assert PASSPHRASE not in caught.value.problem.words
