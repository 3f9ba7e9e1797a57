"""Scopes: which log something that is kept belongs to. Cluster, topic and, where it is known, the topic's id.

A topic's name holds no slash, and an id is added behind one; so the name can be told from the id.
"""

_ID_LENGTH = 32


def scope_of(cluster_id: str, topic: str, topic_id: str = "") -> str:
    """The scope of a topic; without an id where the cluster tells none (or told none when it was kept)."""
    named = f"{cluster_id}/{topic}"
    return f"{named}/{topic_id}" if topic_id else named


def is_same_name(one: str, other: str) -> bool:
    """Whether two scopes name the same topic of the same cluster, be it the same log or not."""
    return _split(one)[0] == _split(other)[0]


def is_another_log(one: str, other: str) -> bool:
    """Whether two scopes are certainly of different logs: other names, or other ids of one name."""
    (name, topic_id), (other_name, other_id) = _split(one), _split(other)
    return name != other_name or bool(topic_id and other_id and topic_id != other_id)


def has_id(scope: str) -> bool:
    """Whether the scope holds a topic's id."""
    return bool(_split(scope)[1])


def _split(scope: str) -> tuple[str, str]:
    name, slash, last = scope.rpartition("/")
    is_id = bool(slash) and "/" in name and len(last) == _ID_LENGTH and all(c in "0123456789abcdef" for c in last)
    return (name, last) if is_id else (scope, "")
