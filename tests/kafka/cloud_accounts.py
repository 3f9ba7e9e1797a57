"""Where the clouds' own libraries get their tokens, on loopback: made-up accounts for the real code."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.chat.serving import Certificate, serving
from tests.kafka import clouds
from tests.kafka.certificates import Authority
from tests.kafka.issuer import CLIENT, SECRET, Signer

AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TENANT = "11111111-2222-3333-4444-555555555555"


@dataclass
class Account:
    """An account at a cloud: who asked for its tokens, and whether it gets any."""

    life_s: float = 3600.0
    refuses: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)


def aws_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials in the environment, and no machine that could be asked for others."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", clouds.AWS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", AWS_SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@contextmanager
def google_account(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Account]:
    """A service account's key file, and the token server that it names."""
    account = Account()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        claims = jwt.decode(form["assertion"], key.public_key(), ["RS256"], options={"verify_aud": False})
        account.asked.append({name: str(value) for name, value in claims.items()})
        if account.refuses:
            return JSONResponse({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        account.given.append(f"{clouds.GOOGLE_TOKEN}a0AfB_{len(account.given)}")
        return JSONResponse({"access_token": account.given[-1], "expires_in": account.life_s, "token_type": "Bearer"})

    with serving(Starlette(routes=[Route("/token", token, methods=["POST"])])) as base:
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        content = {
            "type": "service_account",
            "project_id": "works",
            "private_key_id": "1",
            "private_key": private,
            "client_email": clouds.GOOGLE_ACCOUNT,
            "client_id": "1",
            "token_uri": f"{base}/token",
        }
        path = folder / "account.json"
        path.write_text(json.dumps(content))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        yield account


@contextmanager
def entra_account(monkeypatch: pytest.MonkeyPatch, authority: Authority, signer: Signer) -> Iterator[Account]:
    """An application with a client secret at an authority of the test's own, whose tokens ``signer`` signs."""
    account = Account()

    async def configuration(request: Request) -> Response:
        base = f"{request.base_url}{TENANT}"
        return JSONResponse(
            {
                "issuer": f"{base}/v2.0",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            }
        )

    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        account.asked.append(form)
        if account.refuses or form.get("client_secret") != SECRET:
            return JSONResponse({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid secret"}, 401)
        account.given.append(signer.token(account.life_s))
        answer = {"access_token": account.given[-1], "expires_in": account.life_s, "token_type": "Bearer"}
        return JSONResponse({**answer, "expires_on": int(time.time() + account.life_s)})

    routes = [
        Route(f"/{TENANT}/v2.0/.well-known/openid-configuration", configuration),
        Route(f"/{TENANT}/oauth2/v2.0/token", token, methods=["POST"]),
    ]
    identity = authority.server("entra")
    with serving(Starlette(routes=routes), certificate=Certificate(identity.certificate, identity.key)) as base:
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", base)
        monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
        monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
        monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
        yield account
