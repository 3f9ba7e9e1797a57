"""Logins and rights of a test broker: users of a SASL/PLAIN listener, and what they may do to a topic."""

import asyncio
from collections.abc import Mapping

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

_SECONDS = 30.0


def server_properties(users: Mapping[str, str]) -> dict[str, str]:
    """The broker's settings for a listener named LOGIN with these users.

    An authorizer is there so that rights can be taken away; a topic without rules is open to everyone. The listener
    without login is super user, for the harness.
    """
    entries = " ".join(f'user_{name}="{password}"' for name, password in users.items())
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return {
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.login.plain.sasl.jaas.config": f"{module} required {entries};",
        "connection.failed.authentication.delay.ms": "0",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "allow.everyone.if.no.acl.found": "true",
    }


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
