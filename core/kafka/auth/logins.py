"""Settings to a login: user and password, or the source of the tokens that every client of this process shares."""

import asyncio
import functools
from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.kafka.auth.clouds import CONNECTION_STRING_USER, Cloud, cloud_of, first_host, is_iam, region_of_msk
from core.kafka.auth.tokens import Fetch, OffLoop, Tokens
from core.settings import KafkaSettings

_shared: MutableMapping[asyncio.AbstractEventLoop, dict[KafkaSettings, Tokens]] = WeakKeyDictionary()


def login_options(settings: KafkaSettings) -> dict[str, Any]:
    """aiokafka's options to log in, where the protocol has a login.

    Raises:
        ClusterError: the settings name no login that there is.
    """
    if settings.sasl_mechanism in ("OAUTHBEARER", "AWS_MSK_IAM"):
        return {"sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": shared_tokens(settings)}
    if settings.sasl_password is None:
        detail = f"KAFKA_SASL_MECHANISM={settings.sasl_mechanism}"
        raise ClusterError(ClusterProblem(ClusterProblemKind.SETTINGS, detail))
    return {
        "sasl_mechanism": settings.sasl_mechanism,
        "sasl_plain_username": settings.sasl_username or CONNECTION_STRING_USER,
        "sasl_plain_password": settings.sasl_password.get_secret_value(),
    }


def shared_tokens(settings: KafkaSettings) -> Tokens:
    """The tokens for these settings, the same for every client in this event loop.

    Raises:
        ClusterError: as ``login_options``.
    """
    known = _shared.setdefault(asyncio.get_running_loop(), {})
    if settings not in known:
        known[settings] = Tokens(_source(settings), extensions=settings.sasl_extensions)
    return known[settings]


def _source(settings: KafkaSettings) -> Fetch:
    """Who gives the tokens: a token server where one is named, else the cloud's own library. Only that is loaded."""
    if is_iam(settings):
        from core.kafka.auth.msk import signed_token

        return OffLoop(functools.partial(signed_token, region_of_msk(settings)))
    if settings.oauth_token_url:
        from core.kafka.auth.oidc import ClientCredentials

        return ClientCredentials(settings).fetch
    match cloud_of(settings):
        case Cloud.EVENT_HUBS:
            from core.kafka.auth.entra import Entra

            return OffLoop(Entra(first_host(settings)).token)
        case Cloud.GOOGLE:
            from core.kafka.auth.google_cloud import GoogleCloud

            return OffLoop(GoogleCloud().token)
        case _:
            raise ClusterError(ClusterProblem(ClusterProblemKind.ISSUER_UNKNOWN))
