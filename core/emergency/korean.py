"""Korean read for danger: clauses, and what each verb is said of. Pure. The words are cut in ``korean_words``."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.emergency import korean_forms as forms
from core.emergency.hangul import fold, is_syllable, parts
from core.emergency.korean_spelling import standard
from core.emergency.korean_words import Cutter, Token
from core.emergency.lexicon import Role
from core.emergency.reading import Happening, Noun
from core.emergency.rules import telling

_SENTENCE_END = re.compile(r"[.!?\n;…]+")
_BETWEEN = re.compile("[·/]")
"""Signs between words of one phrase."""
_CLAUSE_END = re.compile(r"[^\w가-힣ㄱ-ㅣ %#.\-_]+")


def read(text: str) -> list[Happening]:
    """What a Korean text tells of, as far as a rule may speak of it. ``text`` is plain: NFC, lower case, one blank."""
    spelled = fold(_BETWEEN.sub(" ", standard(text)))
    sentences = [_read_clauses(sentence) for sentence in _SENTENCE_END.split(spelled)]
    urgent = any("urgent" in token.groups for clauses in sentences for clause in clauses for token in clause)
    marks = frozenset({"urgent"}) if urgent or "!" in text else frozenset()
    return [happening for clauses in sentences for happening in _read_sentence(clauses, marks)]


def _read_clauses(sentence: str) -> list[list[Token]]:
    stretches = _CLAUSE_END.split(sentence)
    return [clause for stretch in stretches for clause in _clauses(Cutter(stretch).tokens())]


def _read_sentence(clauses: list[list[Token]], marks: frozenset[str]) -> Iterator[Happening]:
    around = marks.union(group for clause in clauses for token in clause for group in token.groups)
    past = _pasts(clauses)
    nouns: tuple[Noun, ...] = ()
    for clause, after, long_ago in zip(clauses, [*clauses[1:], []], past, strict=False):
        yield from _happenings(clause, around, nouns or _said_after(after), past=long_ago)
        nouns = tuple(_noun(token, clause) for token in clause if token.is_noun) or nouns


def _said_after(clause: list[Token]) -> tuple[Noun, ...]:
    """Who it is said of, where that comes last (``끼었어요 사람``)."""
    if any(token.is_verb for token in clause):
        return ()
    return tuple(_noun(token, clause) for token in clause if token.is_noun)


def _clauses(tokens: list[Token]) -> Iterator[list[Token]]:
    clause: list[Token] = []
    for token, after in zip(tokens, [*tokens[1:], None], strict=False):
        clause.append(token)
        if after is not None and after.text != token.text and _ends_clause(token, after):
            yield clause
            clause = []
    if clause:
        yield clause


def _ends_clause(token: Token, after: Token) -> bool:
    word = token.text
    if _only_seems(token, after):
        return False
    if not token.is_verb and (token.is_noun or token.is_event) and not token.ending:
        return False
    if _is_nominal(token) and ("name_word" in after.entry.nouns or "absent" in after.entry.verbs or after.entry.marks):
        return False
    if (
        word in forms.NOT_CONNECTIVE
        or word.endswith(("다고", "라고", "하고"))
        or (token.is_noun and not token.is_verb and token.role is not Role.BARE)
    ):
        return False
    if token.is_verb or token.is_event:
        if fold("고 있") in token.then or fold("어 있") in token.then:
            return False
        return bool(forms.CONNECTIVE.search(word) or forms.FINAL.search(word)) and not _is_adnominal(token)
    return len(word) > 1 and bool(forms.CONNECTIVE.search(word) or (len(word) > 2 and word.endswith(("요", "니다"))))


def _pasts(clauses: Sequence[list[Token]]) -> list[list[bool]]:
    """For each word, whether it is told of long ago: by the last word for a time before it, or by one behind it."""
    told, past = [], False
    for clause in clauses:
        row, timed = [], False
        for at, token in enumerate(clause):
            marks = token.entry.marks
            if marks & {"now", "long_ago"}:
                past, timed = "long_ago" in marks, True
            row.append(past or (not timed and any("long_ago" in other.entry.marks for other in clause[at:])))
        told.append(row)
    return told


def _happenings(
    clause: list[Token], around: frozenset[str], before: tuple[Noun, ...], *, past: Sequence[bool]
) -> Iterator[Happening]:
    has_verb = any(_is_verbal(token) for token in clause)
    told = telling("ko")
    for at, token in enumerate(clause):
        groups = _groups(token)
        if groups & _CRIES and _revives(clause, at):
            groups -= _CRIES
        if groups.isdisjoint(told):
            continue
        nouns = _nouns_of(clause, at)
        yield Happening(
            groups,
            nouns if _has_core(nouns) else (*nouns, *before),
            around | _likely(token, around),
            negated=_is_negated(clause, at),
            supposed=_is_supposed(clause, at),
            past=past[at] or _tells_once(token),
            only=not has_verb or _is_predicate(token),
            single=all(other is token or other.entry.marks or other.groups & token.groups for other in clause),
            inherited=not _has_core(nouns),
        )


_CRIES = frozenset({"help_cry"})
_DEVICES = frozenset({"machine", "plc", "thing"})


def _revives(clause: list[Token], at: int) -> bool:
    """Whether a machine is to be brought back to life, not somebody: ``프레스 좀 살려 주세요``."""
    if any("person" in token.entry.nouns or "body" in token.entry.nouns for token in clause):
        return False
    before = next((token for token in reversed(clause[:at]) if token.text not in forms.URGING), None)
    if before is None or not before.is_noun or before.is_verb:
        return False
    return before.role in (Role.BARE, Role.OBJECT) and not before.entry.nouns.isdisjoint(_DEVICES)


def _likely(token: Token, around: frozenset[str]) -> frozenset[str]:
    """What is added to the surroundings of a verb that says what is about to be, as somebody weary may say it too."""
    if not forms.LIKELY.search(token.then):
        return frozenset()
    return forms.LIKELY_TO_WEARY if "weary" in around else forms.ONLY_LIKELY


def _is_predicate(token: Token) -> bool:
    """Whether the noun is all that is said, with is: ``사고예요``."""
    return token.is_noun and token.role is Role.BARE and token.ending not in ("", "들")


def _is_verbal(token: Token) -> bool:
    """Whether the word is a verb, or an unknown one that ends as verbs do."""
    if token.is_verb:
        return True
    if token.entry.marks or token.is_noun or token.is_event:
        return False
    return len(token.text) > 1 and bool(forms.FINAL.search(token.text))


def _has_core(nouns: tuple[Noun, ...]) -> bool:
    """Whether the clause names who or what its verb is said of, and not only where."""
    return any(noun.role not in (Role.PLACE, Role.SOURCE) for noun in nouns)


def _is_told_as_done(token: Token) -> bool:
    """Whether the verb, known or not, stands in the past or goes on: 그었어요, 떨고 있어요."""
    return any(is_syllable(sign) and parts(sign)[2] == "ㅅ" for sign in token.text[1:]) or " 잇" in token.then


_ANYTHING = frozenset({"anything"})


def _groups(token: Token) -> frozenset[str]:
    groups = token.groups - token.entry.marks
    if token.entry.idiom or token.entry.marks or token.is_noun or token.is_event or "other" in token.entry.verbs:
        return groups
    return groups | _ANYTHING if _is_told_as_done(token) else groups


def _nouns_of(clause: list[Token], at: int) -> tuple[Noun, ...]:
    """The nouns that the word at ``at`` is said of: those before it, and behind it the one that it describes."""
    token = clause[at]
    nouns = [_noun(other, clause) for other in clause[:at] if other.is_noun]
    rest = clause[at + 1 :]
    if token.is_verb and _is_adnominal(token) and rest and forms.DEPENDENT.fullmatch(rest[0].text):
        return tuple(nouns)
    if token.is_verb and _is_adnominal(token) and rest and rest[0].is_noun:
        head = _noun(rest[0], clause)
        if head.groups - {"thing"} or not nouns:
            kept = (
                noun for noun in nouns if noun.role in (Role.PLACE, Role.OBJECT, Role.SOURCE) or "body" in noun.groups
            )
            return (*kept, Noun(head.groups, Role.SUBJECT, head.known, head.is_part))
        return tuple(_of_thing(noun) for noun in nouns)
    if not any(other.is_verb for other in rest):
        nouns += [_noun(other, clause) for other in rest if other.is_noun]
    return tuple(nouns)


def _of_thing(noun: Noun) -> Noun:
    """A noun whose verb describes a thing: the thing's ear, not somebody's (``귀가 찢어진 상자``)."""
    return replace(noun, is_part=noun.is_part or "machine_body" in noun.groups)


def _noun(token: Token, clause: list[Token]) -> Noun:
    groups = token.entry.nouns
    if "body" in groups and groups.isdisjoint({"machine_body", "person", "thing"}) and token.ending not in forms.MEANS:
        groups |= {"human_body"}
    if "body" in groups and "human_body" not in groups and _has_owner(token, clause):
        groups |= {"human_body"}
    return Noun(groups, _role(token, clause), bool(token.entry.nouns), _is_part(token, clause))


def _has_owner(token: Token, clause: list[Token]) -> bool:
    """Whether it is said whose part it is, and that is somebody: ``제 턱``, ``반장님 팔``."""
    at = clause.index(token)
    if not at:
        return False
    before = clause[at - 1]
    return before.text in forms.OWNERS or ("person" in before.entry.nouns and before.role in (Role.BARE, Role.OWNER))


def _role(token: Token, clause: list[Token]) -> Role:
    """The noun's role; before 위로 and the like it is a place (``손등 위로``)."""
    at = clause.index(token)
    if "under" in token.entry.nouns:
        return Role.PLACE
    if token.role is Role.BARE and at + 1 < len(clause) and clause[at + 1].text.startswith(forms.BECAUSE):
        return Role.SOURCE
    if token.ending in forms.MEANS and token.text.startswith(forms.LIMBS):
        return Role.SOURCE
    on_it = at + 1 < len(clause) and token.role is Role.BARE and clause[at + 1].text.startswith(forms.ON)
    if token.role is Role.BARE and at + 1 < len(clause) and _is_compound(token, clause[at + 1]):
        return clause[at + 1].role
    return Role.PLACE if on_it else token.role


_MATERIAL = frozenset({"load", "thing"})


def _is_compound(token: Token, after: Token) -> bool:
    """Whether a bare noun only says what the one behind it is of, and that one is a place: ``엔진 블록에 깔려서``."""
    both = _MATERIAL.issubset(token.entry.nouns) and _MATERIAL.issubset(after.entry.nouns)
    return ("weld" in token.entry.nouns or both) and after.adjoins and after.role in (Role.PLACE, Role.SOURCE)


def _is_part(token: Token, clause: list[Token]) -> bool:
    """A machine's part that is called like one of the body, or a person's name that only names a thing."""
    at = clause.index(token)
    before = clause[at - 1] if at else None
    if token.adjoins and before is not None and "part_owner" in before.entry.nouns and "body" in token.entry.nouns:
        return True
    if token.adjoins and before is not None and "machine_body" in token.entry.nouns:
        return not before.entry.nouns.isdisjoint({"thing", "machine", "load"}) and "person" not in before.entry.nouns
    after = clause[at + 1] if at + 1 < len(clause) else None
    if token.role is Role.BARE and after is not None and "body_gear" in after.entry.nouns:
        return "body" in token.entry.nouns or "eye" in token.entry.nouns
    if token.role is Role.BARE and after is not None and after.adjoins and "person" in token.entry.nouns:
        return "thing" in after.entry.nouns and after.role in (Role.SUBJECT, Role.TOPIC)
    return False


def _is_adnominal(token: Token) -> bool:
    """Whether the verb describes the noun behind it: 끼인, 쓰러진, 다칠, 있는."""
    last = token.text[-1]
    return is_syllable(last) and (parts(last)[2] in ("ㄴ", "ㄹ") or last == "던")


def _is_nominal(token: Token) -> bool:
    """Whether the verb stands as a noun: 끼임, 다침."""
    last = token.text[-1]
    return is_syllable(last) and parts(last)[2] == "ㅁ"


def _is_negated(clause: list[Token], at: int) -> bool:
    token = clause[at]
    if at and "not_before" in clause[at - 1].entry.marks:
        return True
    if at and _only_seems(clause[at - 1], token):
        return True
    if forms.DENIED_AFTER.search(token.then) or forms.NOT_SO.search(token.then):
        return True
    if (
        token.is_verb
        and (token.ending or token.text.endswith(forms.JOINING))
        and not (_is_adnominal(token) or _is_nominal(token))
    ):
        return False
    return _is_denied_later(clause, at)


def _only_seems(before: Token, token: Token) -> bool:
    """Whether the verb says how something looks: ``연기 같아 보였는데``."""
    return token.text.startswith("보") and before.text.endswith(forms.SEEMING)


def _is_denied_later(clause: list[Token], at: int) -> bool:
    """Whether the next verb says that there is none: ``화재는 없었``, ``감전은 아니``, ``다친 사람 없``."""
    for position in range(at + 1, len(clause)):
        verb = clause[position]
        if "zero" not in verb.entry.marks and (not verb.is_verb or verb.is_event):
            continue
        if "zero" in verb.entry.marks or "absent" in verb.entry.verbs:
            return True
        denied = "not_before" in clause[position - 1].entry.marks or bool(forms.DENIED_AFTER.search(verb.then))
        return denied and not verb.entry.verbs.isdisjoint(forms.DENYING)
    return False


def _is_supposed(clause: list[Token], at: int) -> bool:
    token = clause[at]
    if forms.SUPPOSED.search(token.then):
        return True
    before = clause[at - 1].entry.marks if at else frozenset()
    if fold("겠") in token.ending and "not_before" not in before:
        return True
    if token.is_verb and not token.is_event and not _is_nominal(token):
        return False
    return _is_in_name(clause, at) or _is_supposed_later(clause, at)


def _is_supposed_later(clause: list[Token], at: int) -> bool:
    """Whether the noun's verb is only supposed: ``가스 냄새가 나면``."""
    verb = next((other for other in clause[at + 1 :] if other.is_verb), None)
    return verb is not None and bool(forms.SUPPOSED.search(verb.then))


def _is_in_name(clause: list[Token], at: int) -> bool:
    """Whether the noun only names equipment, a training, a paper: ``감전 교육``, ``끼임 주의 스티커``."""
    if clause[at].is_noun and clause[at].role not in (Role.BARE, Role.OWNER):
        return False
    is_sentence = clause[at].is_verb and not clause[at].is_event and any(other.is_noun for other in clause[:at])
    naming = "caution_word" if is_sentence else "name_word"
    for token in clause[at + 1 :]:
        if (token.is_verb and not token.is_noun) or _is_where(clause[at], token):
            return False
        if naming in token.entry.nouns:
            return True
        if token.role not in (Role.BARE, Role.OWNER):
            return False
    return False


def _is_where(event: Token, token: Token) -> bool:
    """Whether a report goes on to say where it happened: ``부상자 발생 위치 A라인``."""
    return event.text.endswith(fold("발생")) and token.text.startswith(forms.PLACE_WORDS)


def _tells_once(token: Token) -> bool:
    return bool(forms.ONCE.search(token.then))
