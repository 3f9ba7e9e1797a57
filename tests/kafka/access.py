"""Users of a test broker, and what they may do to a topic."""

import asyncio

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

_SECONDS = 30.0


AUTHORIZED = {
    # So that rights can be taken away; a topic without rules is open to everyone. The listener without login is super
    # user, for the harness.
    "connection.failed.authentication.delay.ms": "0",
    "super.users": "User:ANONYMOUS",
    "allow.everyone.if.no.acl.found": "true",
}
"""The settings of a broker that has users, besides its authorizer's class."""


async def add_scram_user(bootstrap: str, user: str, password: str) -> None:
    """Make ``user`` (or give it another password) in both sizes of SCRAM."""
    client = AdminClient({"bootstrap.servers": bootstrap})
    for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
        credential = ScramCredentialInfo(mechanism, 4096)
        change = UserScramCredentialUpsertion(user, credential, password.encode())
        for future in client.alter_user_scram_credentials([change]).values():
            await asyncio.to_thread(future.result, _SECONDS)


async def deny(bootstrap: str, user: str, operation: str, topic: str) -> None:
    """Deny ``operation`` on ``topic`` to ``user``; returns when the broker knows.

    A topic with any rule is closed to all whom no rule allows, so everyone else is allowed along with it.
    """
    everyone = _binding("*", AclOperation.ALL, AclPermissionType.ALLOW, topic)
    denied = _binding(user, AclOperation[operation], AclPermissionType.DENY, topic)
    client = AdminClient({"bootstrap.servers": bootstrap})
    for future in client.create_acls([everyone, denied]).values():
        await asyncio.to_thread(future.result, _SECONDS)


async def permit(bootstrap: str, user: str, operation: str, topic: str) -> None:
    """Remove what :func:`deny` added for ``user``."""
    rule = AclBindingFilter(
        ResourceType.TOPIC,
        topic,
        ResourcePatternType.LITERAL,
        f"User:{user}",
        "*",
        AclOperation[operation],
        AclPermissionType.DENY,
    )
    client = AdminClient({"bootstrap.servers": bootstrap})
    for future in client.delete_acls([rule]).values():
        await asyncio.to_thread(future.result, _SECONDS)


def _binding(user: str, operation: AclOperation, permission: AclPermissionType, topic: str) -> AclBinding:
    return AclBinding(
        ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, f"User:{user}", "*", operation, permission
    )
