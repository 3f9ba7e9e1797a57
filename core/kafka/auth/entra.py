"""Tokens of Microsoft Entra for Event Hubs, fetched by Azure's own library (extra ``azure``)."""

import os
from typing import Any

from core.kafka.auth.providers import missing_extra, no_credentials
from core.kafka.auth.tokens import Token

_WHERE = "Azure, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
_ENTRAS_OWN = "AADSTS"
"""How Entra's own words begin, in the list of all that the library tried."""


class Entra:
    """The credentials that Azure's library finds: environment, workload or managed identity, a signed-in user."""

    def __init__(self, namespace: str) -> None:
        """``namespace`` is the host name of the Event Hubs namespace."""
        self._scope = f"https://{namespace}/.default"
        self._credential: Any = None

    def token(self) -> Token:
        """A token for the namespace. Blocks.

        Raises:
            ClusterError: the extra is not installed, or there are no credentials.
        """
        try:
            from azure.identity import DefaultAzureCredential
        except ImportError:
            raise missing_extra("azure") from None
        try:
            if self._credential is None:
                # An authority that is named is trusted as it is: a private cloud's is not in Microsoft's directory.
                is_named = bool(os.environ.get("AZURE_AUTHORITY_HOST"))
                self._credential = DefaultAzureCredential(disable_instance_discovery=is_named)
            found = self._credential.get_token(self._scope)
        except Exception as error:  # noqa: BLE001 - azure-core's many kinds all mean the same here
            raise no_credentials(_WHERE, error, sign=_ENTRAS_OWN) from None
        return Token.of(found.token, float(found.expires_on))
