"""English read for danger: words found in the text, clauses, and what each verb is said of. Pure."""

import re
from collections.abc import Iterator
from functools import cache

from core.emergency.english_words import UNKNOWN, Entry, Index, Token, index
from core.emergency.lexicon import Role, lexicon
from core.emergency.reading import Happening, Noun
from core.emergency.rules import telling
from core.emergency.slips import mended

_SENTENCE_END = re.compile(r"[.!?\n;…]+")
_PIECE = re.compile(r"[a-z0-9_-]+|[^a-z0-9\s_-]+")
_DEED = re.compile("[a-z]{3,}(?:ed|ing)")
_NEGATION_REACH = 4
"""Words between a denial and what it denies."""
_CONTRACTIONS = (
    (re.compile(r"[’`´]"), "'"),
    (re.compile(r"\b(?:can'?t|cannot|couldn'?t|could not|cant)\b"), "can not"),
    (re.compile(r"\b(?:won'?t|wont)\b"), "will not"),
    (re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|would|should|ai)n'?t\b"), r"\1 not"),
    (re.compile(r"\b(i)'?m\b"), r"\1 am"),
    (re.compile(r"\b(he|she|it|there|what|who|that|here|nobody|somebody|someone|everyone)'s\b"), r"\1 is"),
    (re.compile(r"\b(?:theres)\b"), "there is"),
    (re.compile(r"\b(they|we|you)'re\b"), r"\1 are"),
    (re.compile(r"\b(i|they|we|you|he|she)'(ve|ll|d)\b"), r"\1"),
    (re.compile(r"\bhes\b"), "he is"),
    (re.compile(r"\bshes\b"), "she is"),
    (re.compile(r"\b(\w+)'s\b"), r"\1"),
    (re.compile(r"'"), ""),
    (re.compile(r"(?<=[a-z0-9])_+(?=[a-z0-9])|(?<=[a-z])-(?=[a-z])|(?<=[a-z]{3})-(?=\d)"), " "),
    (re.compile(r"(?<![\w.])(?:19|20)\d\d(?![\w.])"), "long ago"),
)
_MAY_BE_CONTRACTED = re.compile("['’`´_-]|nt|im|not|hes|theres|19|20")
"""Stands in whatever one of these changes."""
_ON = ("on", "of", "off", "from", "in")
"""Prepositions behind a part, before the thing that it is a part of: ``missing tooth on the gear``."""
_CORE = (Role.SUBJECT, Role.BARE)


def read(text: str, names: frozenset[str] = frozenset()) -> list[Happening]:
    """What an English text tells of, as far as a rule may speak of it.

    ``text`` is plain: lower case, single spaces; ``names`` were capitalised in it.
    """
    text = spelled_out(text)
    sentences = [list(_clauses(_tokens(sentence, names))) for sentence in _SENTENCE_END.split(text)]
    urgent = any("urgent" in token.groups for clauses in sentences for clause in clauses for token in clause)
    marks = frozenset({"urgent"}) if urgent or "!" in text else frozenset()
    return [happening for clauses in sentences for happening in _read_sentence(clauses, marks)]


def spelled_out(text: str) -> str:
    """``text`` without contractions."""
    if _MAY_BE_CONTRACTED.search(text):
        for pattern, written in _CONTRACTIONS:
            text = pattern.sub(written, text)
    return text


_CARRIED = frozenset({"negation", "supposed"})
"""Marks that hold behind "or" too: ``nobody is hurt or trapped``."""


def _read_sentence(clauses: list[list[Token]], marks: frozenset[str]) -> Iterator[Happening]:
    around = marks.union(group for clause in clauses for token in clause for group in token.groups)
    nouns: tuple[Noun, ...] = ()
    past = False
    before: list[Token] = []
    for clause in clauses:
        if clause[0].text == "or" and not any(token.is_noun for token in clause[1:]):
            clause[:1] = [token for token in before if token.entry.marks & _CARRIED]
        before = clause
        told = {mark for token in clause for mark in token.entry.marks}
        past = "now" not in told and ("long_ago" in told or past)
        yield from _happenings(clause, around, nouns, past=past)
        nouns = tuple(noun for noun in _nouns(clause, len(clause))) or nouns


def _tokens(sentence: str, names: frozenset[str]) -> list[Token]:
    words = _PIECE.findall(sentence)
    tokens, at = [], 0
    while at < len(words):
        length, entry = _longest_known(words, at)
        word = " ".join(words[at : at + length])
        tokens.append(Token(word, entry, entry is UNKNOWN and word in names))
        at += length
    return [token for token in tokens if not token.entry.idiom]


def _longest_known(words: list[str], at: int) -> tuple[int, Entry]:
    """How many of ``words`` from ``at`` on make the longest phrase that is known, and what it says."""
    table, first = index(), words[at]
    for length in range(min(table.longest.get(first, 1), len(words) - at), 1, -1):
        phrase = words[at : at + length]
        entry = table.entries.get(" ".join(phrase))
        if entry is not None:
            return length, _with_shorter(table, entry, phrase)
    return 1, table.entries.get(first) or table.of(mended(first))


def _with_shorter(table: Index, entry: Entry, words: list[str]) -> Entry:
    """A phrase's entry with what its verb (``stuck in``) or its last noun (``hot oil``) says by itself."""
    if entry.idiom or "thing" in entry.nouns:
        return entry
    verbs = table.of(words[0]).verbs if entry.verbs else frozenset()
    nouns = table.of(words[-1]).nouns if entry.nouns else frozenset()
    marks = frozenset({"prep"}) & table.of(words[-1]).marks if entry.verbs else frozenset()
    return Entry(entry.nouns | (nouns - {"name_word", "thing"}), entry.verbs | verbs, entry.events, entry.marks | marks)


def _clauses(tokens: list[Token]) -> Iterator[list[Token]]:
    clause: list[Token] = []
    for token in tokens:
        if not token.text[0].isalnum() or "joint" in token.entry.marks:
            if clause:
                yield clause
            clause = [token] if token.entry.marks - {"joint"} or token.text == "or" else []
        else:
            clause.append(token)
    if clause:
        yield clause


def _happenings(
    clause: list[Token], around: frozenset[str], before: tuple[Noun, ...], *, past: bool
) -> Iterator[Happening]:
    has_verb = any(token.entry.verbs and not _is_preposition(token) for token in clause)
    told = telling("en")
    for at, token in enumerate(clause):
        groups = token.entry.verbs | token.entry.events | token.entry.nouns
        if token.entry.verbs and not token.entry.nouns:
            groups |= {"anything"}
        if token.entry is UNKNOWN and at and _DEED.fullmatch(token.text):
            groups |= {"unknown_deed"}
        if groups.isdisjoint(told) or _is_in_name(clause, at):
            continue
        nouns = _nouns(clause, at)
        subjects = any(noun.role is Role.SUBJECT for noun in nouns)
        inherits = not subjects and bool(token.entry.verbs)
        yield Happening(
            groups,
            (*_subjects_before(before), *nouns) if inherits else nouns,
            around,
            negated=_is_negated(clause, at),
            supposed=any("supposed" in other.entry.marks for other in clause[:at]),
            past=past,
            only=not has_verb,
            single=all(other is token or other.entry.marks for other in clause),
            inherited=inherits,
            passive=_is_passive(clause, at),
        )


def _is_preposition(token: Token) -> bool:
    return "prep" in token.entry.marks and " " not in token.text


def _subjects_before(nouns: tuple[Noun, ...]) -> tuple[Noun, ...]:
    """Of the clause before, those that can be the subject of this one too."""
    return tuple(noun for noun in nouns if noun.role in (Role.SUBJECT, Role.OBJECT))


def _nouns(clause: list[Token], verb: int) -> tuple[Noun, ...]:
    """The nouns of a clause by what they are to the verb at ``verb``: before it, behind it, behind a preposition."""
    found: list[Noun] = []
    behind = ""
    for at, token in enumerate(clause):
        if at == verb:
            behind = token.text if "prep" in token.entry.marks and " " not in token.text else ""
        elif "prep" in token.entry.marks:
            behind = token.text.split()[-1]
        elif token.is_noun:
            found.append(_noun(clause, at, _role(behind, follows=at > verb)))
        elif token.entry.verbs or "aux" in token.entry.marks:
            behind = ""
    return tuple(found)


def _role(behind: str, *, follows: bool) -> Role:
    if behind:
        return Role.SOURCE if behind in _from_words() else Role.PLACE
    return Role.OBJECT if follows else Role.SUBJECT


@cache
def _from_words() -> frozenset[str]:
    return frozenset(lexicon("en").marks["from"])


def _noun(clause: list[Token], at: int, role: Role) -> Noun:
    token = clause[at]
    groups = token.noun_groups
    if "clothing" in groups and not (at and _is_owner(clause[at - 1])):
        groups = groups - {"clothing"} | ({"loose_clothing"} if not at else set())
    if "very_body" in groups and at and "possessive" in clause[at - 1].entry.marks:
        groups |= {"human_body"}
    return Noun(groups, role, bool(token.noun_groups), _is_part(clause, at))


def _is_owner(token: Token) -> bool:
    return "possessive" in token.entry.marks or "person" in token.noun_groups


def _is_part(clause: list[Token], at: int) -> bool:
    """A thing's part that is called like the body's (``arm of the gun``), or a person's word that names a thing."""
    groups = clause[at].entry.nouns
    if groups.isdisjoint({"body", "eye", "person"}):
        return False
    if "thing" in groups:
        return "machine_body" in groups and _belongs_to_thing(clause, at)
    after = clause[at + 1] if at + 1 < len(clause) else None
    if after is not None and not after.entry.nouns.isdisjoint({"thing", "name_word"}) and not after.entry.verbs:
        return True
    if "person" in groups:
        return False
    if at and not clause[at - 1].entry.nouns.isdisjoint({"thing", "part_owner"}):
        return True
    if after is None:
        return False
    if "machine_body" in groups and _belongs_to_thing(clause, at):
        return True
    return after.text == "of" and _is_of_thing(clause[at + 2 : at + 4])


def _belongs_to_thing(clause: list[Token], at: int) -> bool:
    """Whether a part that machines have too is said to be on one, and nobody is named before it."""
    if any(_is_owner(token) for token in clause[:at]):
        return False
    on_it = next((place for place in range(at + 1, min(at + 4, len(clause))) if clause[place].text in _ON), None)
    return on_it is not None and _is_of_thing(clause[on_it + 1 : on_it + 4])


def _is_of_thing(tokens: list[Token]) -> bool:
    return any(not token.entry.nouns.isdisjoint({"thing", "machine"}) for token in tokens)


def _is_negated(clause: list[Token], at: int) -> bool:
    reach = clause[max(0, at - _NEGATION_REACH) : at]
    if any("negation" in token.entry.marks for token in reach):
        return True
    return any("ends_it" in token.entry.marks for token in clause[at + 1 :])


def _is_passive(clause: list[Token], at: int) -> bool:
    """``was hit``, ``got hit``, ``hit by``."""
    before = clause[max(0, at - 2) : at]
    if any("aux" in token.entry.marks for token in before):
        return True
    return at + 1 < len(clause) and clause[at + 1].text == "by"


def _is_in_name(clause: list[Token], at: int) -> bool:
    """Whether the noun only names equipment, a training, a paper: ``fire drill``."""
    if clause[at].entry.verbs and "prep" in clause[at].entry.marks:
        return False  # caught in the drill
    after = clause[at + 1].entry if at + 1 < len(clause) else UNKNOWN
    return "name_word" in after.nouns and not after.verbs
