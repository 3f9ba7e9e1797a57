"""In which character set the terminal writes and reads: what its locale says. Pure: the environment is given."""

import codecs
from collections.abc import Mapping

UTF_8 = "utf-8"


def terminal_charset(environment: Mapping[str, str]) -> str:
    """Python's name of the character set that the environment names: ``utf-8``, ``euc_kr``, ``iso8859-1``.

    A locale without one (``C``, ``ko_KR``), and one that Python does not know, count as UTF-8: what every terminal of
    today speaks unless it was told otherwise.
    """
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((name for name in names if name), "")
    charset = locale.partition(".")[2].partition("@")[0]
    try:
        return codecs.lookup(charset).name if charset else UTF_8
    except LookupError:
        return UTF_8
