"""Secrets taken out of a text, as a last line of defence before it is written down. Pure."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 3
"""Characters from which a secret is looked for: a shorter one would take ordinary words apart."""

_KEPT_FIRST = re.compile(
    r"""(?ix)
    ( \b bearer \s+                                   # a header of HTTP
    | :// [^/\s:@]* : (?=[^/\s@]+@)                   # the password in an address
    | sharedaccesskey = | sharedaccesssignature \s    # a connection string of Azure
    | \b (?: password | passwd | client_secret | client_assertion | access_token | refresh_token | id_token
        | api_key | sasl_plain_password | x-amz-signature | x-amz-security-token )
      ["']? \s* [=:] \s* ["']?
    )
    [^\s"'&;,@)}]+
    """
)
"""What announces a secret, and the secret."""
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?")


class Masking:
    """Knows the configured secrets, and how tokens look that nobody configured."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= _SHORTEST}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def masked(self, text: str) -> str:
        """``text`` with ``***`` in place of each secret."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        return _JWT.sub(MASK, _KEPT_FIRST.sub(rf"\g<1>{MASK}", text))


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, and as it stands in a ``repr``, in JSON, in an address and in a login's bytes."""
    for text in {secret, *secret.splitlines(), *_parts(secret)}:
        raw = text.encode("utf-8", "surrogatepass")
        yield text
        yield repr(text)[1:-1]
        yield repr(raw)[2:-1]
        yield json.dumps(text)[1:-1]
        yield quote(raw, safe="")
        yield quote_plus(raw)
        yield b64encode(raw).decode()


def _parts(secret: str) -> Iterator[str]:
    """The key within a connection string."""
    for part in secret.split(";"):
        name, _equals, value = part.partition("=")
        if name.strip().lower() in ("sharedaccesskey", "sharedaccesssignature") and value:
            yield value
