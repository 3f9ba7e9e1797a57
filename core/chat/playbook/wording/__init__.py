"""How people put things, as data: one TOML file per kind of saying. Read once, when a first question is asked."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def wording(name: str) -> dict[str, Any]:
    """The file ``name`` (without ``.toml``) of this folder."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))
