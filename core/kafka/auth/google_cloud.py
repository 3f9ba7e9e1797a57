"""Tokens for Google's Managed Kafka: google-auth's access token in Google's three parts (extra ``gcp``).

The form is Google's own (docs/kafka.md, "Clusters"): header, claims and access token, each unpadded base64url.
"""

import base64
import json
import time
from datetime import UTC
from typing import Any

from core.kafka.auth.providers import missing_extra, no_credentials
from core.kafka.auth.tokens import Token

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_WHERE = "Google, GOOGLE_APPLICATION_CREDENTIALS"
_HEADER = {"typ": "JWT", "alg": "GOOG_OAUTH2_TOKEN"}


class GoogleCloud:
    """The application default credentials: a key file, workload identity, the machine's account."""

    def __init__(self) -> None:
        self._credentials: Any = None

    def token(self) -> Token:
        """A token for the clusters that the account may use. Blocks.

        Raises:
            ClusterError: the extra is not installed, or there are no credentials of an account.
        """
        try:
            import google.auth
            from google.auth.transport.requests import Request
        except ImportError:
            raise missing_extra("gcp") from None
        try:
            if self._credentials is None:
                self._credentials, _project = google.auth.default(scopes=[_SCOPE])
            self._credentials.refresh(Request())
            return three_parts(self._credentials, time.time())
        except Exception as error:  # noqa: BLE001 - google-auth's many kinds all mean the same here
            raise no_credentials(_WHERE, error) from None


def three_parts(credentials: Any, now: float) -> Token:
    """The token of refreshed google-auth ``credentials`` at ``now`` (epoch s)."""
    expires_at = credentials.expiry.replace(tzinfo=UTC).timestamp()  # google-auth's times are UTC without saying so
    claims = {"exp": expires_at, "iat": now, "iss": "Google", "scope": "kafka", "sub": _account(credentials)}
    parts = (json.dumps(_HEADER), json.dumps(claims), credentials.token)
    encoded = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    return Token.of(".".join(encoded), expires_at)


def _account(credentials: Any) -> str:
    """Whose token it is: a service account's e-mail address, or the signed-in user's."""
    for name in ("service_account_email", "account"):
        found = getattr(credentials, name, None)
        if isinstance(found, str) and found:
            return found
    raise LookupError("the credentials name no account")
