"""Downloading a session's report: into a temporary file, bounded, and only if it is a PDF."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

import httpx

from core.chat.backend import ChatError, Report
from core.chat.http.client import ChatServer
from core.chat.http.problems import StatusError, garbage
from core.chat.report_file import disposition_name
from core.domain.chat_problems import ChatProblem, ChatProblemKind

REPORT_LIMIT = 64 * 1024 * 1024
"""Bytes of a report that are taken at most."""

_MAGIC = b"%PDF"
_NONE_THERE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})


async def download_report(server: ChatServer, path: str, folder: Path, *, limit: int = REPORT_LIMIT) -> Report:
    """Download the PDF at ``path`` into a new file in ``folder``, mode 0600; nothing stays of one that breaks off.

    The file is made first: the server gives a report once, and a folder that cannot be written must not cost it.

    Raises:
        ChatError: it cannot be had.
        OSError: the folder cannot be written.
    """
    with _part_in(folder) as part:
        with part.open("wb") as file:
            async with server.stream("GET", path, accept="application/pdf") as response:
                async with asyncio.timeout(server.timeout_s):
                    await _receive(response, file, limit)
        _check_pdf(part, response)
    return Report(part, disposition_name(response.headers.get("content-disposition", "")))


@contextmanager
def _part_in(folder: Path) -> Iterator[Path]:
    """A new temporary file, which stays if the block ends well."""
    descriptor, name = mkstemp(prefix=".report-", suffix=".part", dir=folder)
    os.close(descriptor)
    part = Path(name)
    try:
        yield part
    except StatusError as error:
        part.unlink(missing_ok=True)
        raise _as_no_report(error) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


async def _receive(response: httpx.Response, file: BinaryIO, limit: int) -> None:
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > limit:
            raise ChatError(ChatProblem(ChatProblemKind.TOO_LARGE, f"> {limit:,} bytes"))
        file.write(chunk)


def _check_pdf(part: Path, response: httpx.Response) -> None:
    with part.open("rb") as file:
        start = file.read(len(_MAGIC))
    if not start:
        raise ChatError(ChatProblem(ChatProblemKind.NO_REPORT))
    if start != _MAGIC:
        raise garbage(response.headers.get("content-type", "") or "PDF")


def _as_no_report(error: StatusError) -> ChatError:
    if error.status in _NONE_THERE and error.said is not None:
        return ChatError(ChatProblem(ChatProblemKind.NO_REPORT))
    return error
