"""TextIndex: full-text search in memory that finds Korean words of two syllables, particles or none.

SQLite's trigram tokenizer sees only runs of three characters, so every word is indexed and asked for
with a space on both sides (" 유압 "): then "유압이" and "유압" share " 유압". What was written together
("유압이상") finds what was written apart, since each line is indexed a second time without its spaces.
"""

import re
import sqlite3
import unicodedata
from itertools import chain

_TEXT_LIMIT = 20_000
"""Characters of a document that are indexed."""
_QUERY_LIMIT = 400
"""Characters of a question that are looked up; more would only slow it down."""

_WORD = re.compile(r"[^\W_]+")
_TRIGRAM = 3


def words(text: str, limit: int = _TEXT_LIMIT) -> list[str]:
    """The words of ``text`` as the index knows them: composed, lower case, without signs and controls."""
    return _WORD.findall(unicodedata.normalize("NFKC", text[:limit])[:limit].lower())


class TextIndex:
    """Short documents by key. Whatever is asked, ``search`` answers: a question is data, never a query."""

    def __init__(self) -> None:
        # Read by whichever thread asks; filled before it is shared.
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute("CREATE VIRTUAL TABLE texts USING fts5(key UNINDEXED, body, tokenize='trigram')")

    def add(self, key: str, text: str) -> None:
        """Index ``text`` under ``key``; a key may have several texts, the best of them counts."""
        lines = [words(line) for line in text[:_TEXT_LIMIT].splitlines()]
        apart = chain.from_iterable(lines)
        together = ("".join(line) for line in lines if len(line) > 1)
        body = "  ".join(("", *apart, *together, ""))
        self._connection.execute("INSERT INTO texts VALUES (?, ?)", (_bindable(key), body))

    def search(self, text: str, limit: int = 5) -> list[tuple[str, float]]:
        """The keys whose texts share most with ``text``, best first, each with a score over 0.

        Scores (negated BM25) compare within one answer only: they grow with the question's length.
        """
        query = _query(text)
        if not query or limit < 1:
            return []
        best: dict[str, float] = {}
        ranked = "SELECT key, rank FROM texts WHERE texts MATCH ? ORDER BY rank, key"
        for key, rank in self._connection.execute(ranked, (query,)):
            best.setdefault(str(key), -float(rank))
            if len(best) == limit:
                break
        return list(best.items())


def _query(text: str) -> str:
    """Any of the question's trigrams; quoting keeps them words, and words hold no quotes."""
    spaced = (f" {word} " for word in words(text, _QUERY_LIMIT))
    trigrams = (word[at : at + _TRIGRAM] for word in spaced for at in range(len(word) - _TRIGRAM + 1))
    return " OR ".join(f'"{trigram}"' for trigram in dict.fromkeys(trigrams))


def _bindable(key: str) -> str:
    """SQLite stores UTF-8: a lone surrogate has no place in it."""
    return key.encode("utf-8", "replace").decode()
