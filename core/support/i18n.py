"""The operator's language: gettext catalogues, read as they are (no compiled files to forget).

Message ids are the English texts. ``_()`` looks a text up at the time of use, so a language switched
while running shows at the next paint. ``N_()`` only marks a text for extraction.
"""

from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("ko", "en")

_current: NullTranslations = NullTranslations()
_language = "en"


def load(language: str) -> NullTranslations:
    """Read the catalogue of ``language`` (``ko``, ``en``); English is the message ids themselves.

    Raises:
        ValueError: a language that Andon does not speak.
    """
    if language == "en":
        return NullTranslations()
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: one of {', '.join(LANGUAGES)}")
    with files("core").joinpath("locale", language, "andon.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def use(language: str) -> None:
    """Speak ``language`` from now on, in the whole process."""
    global _current, _language
    _current = load(language)
    _language = language


def language() -> str:
    """The language in use: ``ko`` or ``en``."""
    return _language


def _(message: str) -> str:
    return _current.gettext(message)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for the catalogues; it is translated where it is shown."""
    return message


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for ``n`` in the operator's language."""
    return _current.ngettext(singular, plural, n)
