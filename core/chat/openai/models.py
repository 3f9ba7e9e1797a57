"""Which of a server's models can chat: lists hold those that embed, rank, listen and speak as well. Pure."""

import re
from typing import Any

_OTHERS = re.compile(
    r"embed|rerank|\b(?:bge|gte|e5|minilm|whisper|tts|clip|siglip|colbert|splade|dall-e|stable-diffusion|flux|sora)\b"
    r"|moderation|guard\b|transcri|speech|-ocr\b",
    re.IGNORECASE,
)
"""Names of models of other uses, as their makers give them."""
_CHATS = frozenset({"llm", "vlm", "chat", "text-generation", "language", "model"})
_KINDS = ("type", "task", "model_type")
"""Fields in which some servers tell a model's use (LM Studio, Together, text-embeddings-inference)."""


def chat_models(listed: Any) -> tuple[str, ...]:
    """The names in ``data`` of ``GET /models`` that may chat, in the server's order.

    A list in which no name looks like one is taken as it is: the names may be the plant's own.
    """
    models = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    named = [one for one in models if isinstance(one.get("id"), str) and one["id"]]
    chatting = [one for one in named if _may_chat(one)]
    return tuple(one["id"] for one in chatting or named)


def _may_chat(model: dict[str, Any]) -> bool:
    kinds = [kind.lower() for name in _KINDS if isinstance(kind := model.get(name), str) and kind]
    if kinds:
        return any(kind in _CHATS for kind in kinds)
    return not _OTHERS.search(model["id"])
