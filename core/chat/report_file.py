"""A downloaded report becomes a file in the reports folder: cleanly named, whole, replacing nothing."""

import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

from core.chat.backend import Report
from core.support.files import clean_name, keep_file

SUFFIX = ".pdf"

_EXTENDED = re.compile(r"filename\*\s*=\s*([\w.+-]+)'[^']*'([^;\s]+)", re.IGNORECASE)
_QUOTED = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_TOKEN = re.compile(r"filename\s*=\s*([^;\"\s][^;]*)", re.IGNORECASE)


def keep_report(report: Report, folder: Path, issue: str) -> Path:
    """Give the downloaded ``report`` its name in ``folder`` and return its path. It is on the disk then, mode 0600.

    The name is the server's wish, behind the issue's id where it does not hold that.

    Where it fails, the temporary file stays: the server gives a report once.

    Raises:
        OSError: the folder cannot be written.
    """
    wish, about = clean_name(report.name, SUFFIX), clean_name(issue.replace("/", "-"), SUFFIX)
    stem = wish if about in wish else clean_name(f"{about} {wish}", SUFFIX)
    return keep_file(report.path, folder, stem or "report", SUFFIX)


def disposition_name(header: str) -> str:
    """The file's name in a ``Content-Disposition`` (RFC 6266, RFC 5987), as the server wrote it; empty without one."""
    extended = _EXTENDED.search(header)
    if extended:
        try:
            return unquote_to_bytes(extended[2]).decode(extended[1], "replace")
        except (LookupError, ValueError):
            pass
    quoted = _QUOTED.search(header)
    if quoted:
        return re.sub(r'\\(["\\])', r"\1", quoted[1])
    token = _TOKEN.search(header)
    return token[1].strip() if token else ""
