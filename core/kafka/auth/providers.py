"""What the clouds' token libraries have in common: they may be missing, and they may find no credentials."""

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.support.text import inert_line

_REASON_LIMIT = 200


def missing_extra(extra: str) -> ClusterError:
    """The library is not there; ``extra`` installs it."""
    return ClusterError(ClusterProblem(ClusterProblemKind.EXTRA_MISSING, f'pip install "andon[{extra}]"'))


def no_credentials(where: str, error: Exception, *, sign: str = "") -> ClusterError:
    """The library could not get a token; ``where`` it looks for credentials is told before its own words.

    Of those the line that holds ``sign``, else the first: none of them prints a key.
    """
    lines = str(error).strip().splitlines() or [""]
    reason = next((line.strip() for line in lines if sign and sign in line), lines[0])
    detail = inert_line(f"{where}: {type(error).__name__}: {reason}", _REASON_LIMIT)
    return ClusterError(ClusterProblem(ClusterProblemKind.CREDENTIALS, detail))
