"""A token server of the tests' own: OpenID Connect client credentials, RS256, its public key as JWKS."""

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.chat.serving import serving

CLIENT = "terminal"
SECRET = "the secret of a client that nobody may see"
AUDIENCE = "kafka"
ISSUER = "https://login.plant.test"


class Signer:
    """A key pair, and tokens signed with it."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._id = uuid.uuid4().hex

    def token(self, life_s: float, subject: str = CLIENT) -> str:
        """A token for ``subject`` that runs out in ``life_s`` seconds (negative: it has)."""
        now = time.time()
        claims = {"sub": subject, "aud": AUDIENCE, "iss": ISSUER, "iat": now - 120, "exp": now + life_s}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._id})

    @property
    def jwks(self) -> dict[str, object]:
        """The public key, as brokers fetch it."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": self._id, "use": "sig", "alg": "RS256"}]}


@dataclass
class TokenServer:
    """How the token server answers now; ``rubbish`` is a body that it sends instead of a token."""

    signer: Signer
    life_s: float = 300.0
    delay_s: float = 0.0
    refuses: bool = False
    rubbish: bytes | None = None
    url: str = ""
    given: list[str] = field(default_factory=list)
    """Every token that it gave."""

    def answer(self, authorization: str | None) -> Response:
        if self.rubbish is not None:
            return Response(self.rubbish, 200, media_type="application/json")
        if self.refuses or not _is_client(authorization):
            return JSONResponse({"error": "invalid_client"}, 401)
        self.given.append(self.signer.token(self.life_s))
        return JSONResponse({"access_token": self.given[-1], "token_type": "Bearer", "expires_in": self.life_s})


def _is_client(authorization: str | None) -> bool:
    return authorization == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()


@contextmanager
def token_server(signer: Signer, *, port: int = 0) -> Iterator[TokenServer]:
    """A running token server; its keys are at ``/jwks``."""
    server = TokenServer(signer)

    async def token(request: Request) -> Response:
        await asyncio.sleep(server.delay_s)
        return server.answer(request.headers.get("authorization"))

    async def keys(_request: Request) -> Response:
        return JSONResponse(signer.jwks)

    routes = [Route("/token", token, methods=["POST"]), Route("/jwks", keys)]
    with serving(Starlette(routes=routes), port=port) as base:
        server.url = f"{base}/token"
        yield server
