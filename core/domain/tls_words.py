"""What to do about a secure connection that failed, by OpenSSL's words for why."""

from core.support.i18n import N_, _

_REMEDIES = (
    (
        ("self-signed", "self signed", "issuer", "verify the first"),
        N_("Give the plant's certificate authority as ANDON_CHAT_CA_FILE (a PEM file)."),
    ),
    (
        ("mismatch", "not valid for"),
        N_("The certificate is another name's: write a name that stands in it into ANDON_CHAT_URL or ANDON_CHAT_HOST."),
    ),
    (("expired", "not yet valid"), N_("Have the certificate renewed, and check this terminal's clock.")),
    (
        ("wrong version number", "record layer failure", "packet length", "unknown protocol", "http request"),
        N_("This port speaks http: write http:// instead of https:// in ANDON_CHAT_URL."),
    ),
)
_OTHER = N_("Check the certificates.")


def tls_remedy(why: str) -> str:
    """What to do, in the operator's language; ``why`` is OpenSSL's, or this program's own short word."""
    found = (remedy for signs, remedy in _REMEDIES if any(sign in why.lower() for sign in signs))
    return _(next(found, _OTHER))
