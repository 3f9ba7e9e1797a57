"""Which words and rules decide: what was assessed by others is not to be taken for what these would say."""

import hashlib
from functools import cache
from importlib.resources import files

_READ = (".py", ".toml")


@cache
def edition() -> str:
    """Another one for every other state of this package's files."""
    told = hashlib.sha256()
    for file in sorted(files("core.emergency").iterdir(), key=lambda file: file.name):
        if file.name.endswith(_READ):
            told.update(file.name.encode() + b"\0" + file.read_bytes())
    return told.hexdigest()
