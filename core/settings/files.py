"""Secrets and the files they come from: who may read them, and what is told when they cannot be used."""

import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.domain.errors import SettingsError
from core.support.i18n import _
from core.support.text import inert_line


def read_secret(path: Path, variable: str) -> SecretStr | None:
    """The secret that the file of ``variable`` holds, without the line's end; None for an empty file.

    Where no login is wanted, deployments mount empty secrets (deploy/kubernetes.yaml). Who else can read the file is
    not asked: Kubernetes and Docker mount secrets for all to read inside a container.

    Raises:
        SettingsError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise SettingsError(_("{name}: {path} is no text.").format(name=variable, path=_shown(path))) from None
    except OSError as error:
        words = _("{name}: {path} cannot be read: {why}.")
        raise SettingsError(words.format(name=variable, path=_shown(path), why=error.strerror)) from None
    return SecretStr(text) if text else None


def refuse_open_file(path: Path, content: Mapping[str, Any], secrets: Collection[str]) -> None:
    """Refuse a settings file that holds a secret and that others on this machine can read.

    Raises:
        SettingsError: it does; the message says how to close it.
    """
    if os.name != "posix" or not any(content.get(name) for name in secrets):
        return
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        words = _("{path} holds a secret and others can read it. Close it: chmod 600 {path}")
        raise SettingsError(words.format(path=_shown(path)))


def _shown(path: Path) -> str:
    return inert_line(str(path), 300)
