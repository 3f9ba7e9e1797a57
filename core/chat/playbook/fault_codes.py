"""The plant's fault codes: which one an issue's id begins with, and of which one a text is the plant's own name. Pure.

A code counts where it is the whole id, or its beginning with nothing but a stamp behind it: a date, a time or a serial
number in any of the forms that the plant's services write. Within prose it counts for nothing.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from core.chat.playbook.library import Fault, Inspection, edition, library
from core.chat.playbook.negation import clauses
from core.chat.playbook.schema import FaultCode, Library, Playbook, code_words, plain_name
from core.support.text_index import words

_LIMIT = 200
"""Characters of an id, or of a description that may be a mere name."""
_TELLING = 4
"""Letters of the shortest name that is looked for within a text."""
_WRITTEN_ON = re.compile(r"(?<=[^\W\d_])(?=\d{6})")
"""Where a date is written on to a code without a sign between."""
_STAMP = re.compile(r"\d+(?:t\d*)?z?")
"""A word of a stamp: 20261125, 25T10, 00Z."""
_SAID_OF_ALL = re.compile(r"이상|발생|경보|알람|고장|문제|설비|장비|감지")
"""Part of some names and not of others for the same thing; it tells none apart."""


@dataclass(frozen=True, slots=True)
class CodedFault:
    """A code with the playbook in which it stands and its faults, likeliest first."""

    code: FaultCode
    book: Playbook
    faults: tuple[Fault, ...]
    by_name: bool = False
    """It was found by a name, which other equipment may have too."""


class CodeTable:
    """The codes of a library, by code and by name."""

    def __init__(self, library: Library) -> None:
        self._by_code: dict[tuple[str, ...], CodedFault] = {}
        self._by_name: dict[str, list[CodedFault]] = {}
        for book in library.playbooks:
            faults = {fault.id: fault for fault in book.faults}
            for code in book.codes:
                self._add(CodedFault(code, book, tuple(faults[key] for key in code.faults)))

    def _add(self, coded: CodedFault) -> None:
        if code := code_words(coded.code.code or ""):
            self._by_code.setdefault(code, coded)
        for name in (coded.code.title.ko, coded.code.title.en, *coded.code.names):
            if plain := _plain(name):
                self._by_name.setdefault(plain, []).append(replace(coded, by_name=True))

    def of_code(self, issue: str) -> CodedFault | None:
        """The code with which ``issue`` (an id) begins, a stamp alone behind it; the longest such code."""
        if len(issue) > _LIMIT:
            return None
        said = code_words(_WRITTEN_ON.sub("-", unicodedata.normalize("NFKC", issue)))
        stamped = 0
        while stamped < len(said) and _STAMP.fullmatch(said[-1 - stamped]):
            stamped += 1
        tried = (said[:end] for end in range(len(said), len(said) - stamped - 1, -1))
        return next((self._by_code[one] for one in tried if one in self._by_code), None)

    def of_name(self, text: str, book: Playbook | None) -> CodedFault | None:
        """The code of which ``text`` as a whole is the name, in ``book`` before any other playbook."""
        return _best(self._by_name.get(_plain(text), []) if len(text) <= _LIMIT else [], book)

    def of_name_within(self, text: str, book: Playbook | None) -> CodedFault | None:
        """The code of which a name stands somewhere in ``text``, the longest such name: good for asking back alone."""
        plain = _plain(" ".join(clause.text for clause in clauses(text[:_LIMIT]) if not clause.denied))
        within = sorted((name for name in self._by_name if len(name) >= _TELLING and name in plain), key=len)
        return _best(self._by_name[within[-1]], book) if within else None


def code_table() -> CodeTable:
    """The codes of the playbooks in force."""
    return _table(edition())


@lru_cache(maxsize=2)
def _table(_edition: int) -> CodeTable:
    return CodeTable(library())


def book_of(mode_type: str, issue: str) -> Playbook | None:
    """The playbook of an event's equipment; where the event names none, that of the code in its id."""
    if plain_name(mode_type):
        return library().of_equipment(mode_type)
    coded = code_table().of_code(issue)
    return coded.book if coded else None


@lru_cache(maxsize=16_384)
def _faults_by_id(_edition: int, issue: str) -> frozenset[str]:
    coded = code_table().of_code(issue)
    return frozenset(coded.code.faults) if coded and len(coded.faults) == 1 else frozenset()


def faults_by_id(issue: str) -> frozenset[str]:
    """The id of the one fault that the code in an issue's id means; empty without a code, or where it means several."""
    return _faults_by_id(edition(), issue)


def arranged(part: Fault | Inspection, codes: tuple[CodedFault, ...]) -> Fault | Inspection:
    """``part`` with the causes first that a code of this fault names, and their steps: the same causes and steps.

    Steps of no cause stay where they are: at the beginning or at the end.
    """
    first = next((one.code.first for one in codes if one.faults == (part,)), ())
    if not first or isinstance(part, Inspection):
        return part
    order = list(dict.fromkeys((*first, *range(1, len(part.causes) + 1))))
    place = {number: at for at, number in enumerate(order, 1)}
    begun, keyed = False, []
    for step in part.steps:
        begun = begun or step.cause is not None
        at = place[step.cause] if step.cause is not None else len(order) + 1 if begun else 0
        keyed.append((at, step.model_copy(update={"cause": at if step.cause is not None else None})))
    steps = tuple(step for _, step in sorted(keyed, key=lambda one: one[0]))
    return part.model_copy(update={"causes": tuple(part.causes[number - 1] for number in order), "steps": steps})


def _best(found: list[CodedFault], book: Playbook | None) -> CodedFault | None:
    return next((one for one in found if one.book is book), found[0] if found else None)


def _plain(name: str) -> str:
    """A name for comparing: without signs, blanks and the words that are said of every fault."""
    return "".join(words(_SAID_OF_ALL.sub(" ", unicodedata.normalize("NFKC", name))))
