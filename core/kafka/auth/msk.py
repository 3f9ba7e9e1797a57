"""Tokens for AWS MSK with IAM: a presigned request, made by AWS's own signer (extra ``msk``).

The signer finds the credentials as every AWS library does: environment, profile, the pod's or the machine's role.
"""

from core.kafka.auth.providers import missing_extra, no_credentials
from core.kafka.auth.tokens import Token

_WHERE = "AWS_ACCESS_KEY_ID, AWS_PROFILE, IAM role"


def signed_token(region: str) -> Token:
    """A token for the clusters of ``region``, good for some 15 minutes. Blocks while credentials are looked for.

    Raises:
        ClusterError: the extra is not installed, or there are no credentials.
    """
    try:
        from aws_msk_iam_sasl_signer import MSKAuthTokenProvider
        from botocore.exceptions import NoCredentialsError
    except ImportError:
        raise missing_extra("msk") from None
    try:
        token, expires_ms = MSKAuthTokenProvider.generate_auth_token(region)
    except AttributeError:  # the signer stumbles over the credentials that it did not find
        raise no_credentials(_WHERE, NoCredentialsError()) from None
    except Exception as error:  # noqa: BLE001 - botocore's many kinds all mean the same here
        raise no_credentials(_WHERE, error) from None
    return Token.of(token, expires_ms / 1000)
