"""The rules on what was read: how sure it is that somebody is in danger, and of what. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from core.emergency.assessment import Danger, Level
from core.emergency.lexicon import Flag, Role, Rule, lexicon
from core.emergency.reading import Happening, Noun

_CORE = frozenset({Role.SUBJECT, Role.TOPIC, Role.BARE})
_DEVICES = frozenset({"plc"})
"""Things that are still the subject in the clause behind."""
_PEOPLE = frozenset({"person", "body", "clothing"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule tells of one happening."""

    level: Level
    danger: Danger | None
    flag: Flag | None
    about: str


def findings(happenings: Iterable[Happening], language: str) -> list[Finding]:
    """Every finding of the language's rules on every happening, without those that find nothing."""
    rules_of = _by_group(language)
    found = []
    for happening in happenings:
        for rule in {id(rule): rule for group in happening.groups for rule in rules_of.get(group, ())}.values():
            level = _judge(rule, happening)
            if level is not Level.NO:
                found.append(Finding(level, rule.danger, rule.flag, rule.about))
    return found


@cache
def telling(language: str) -> frozenset[str]:
    """The groups of which a rule tells something: a happening of none of them finds nothing."""
    return frozenset(_by_group(language))


@cache
def _by_group(language: str) -> dict[str, list[Rule]]:
    table: dict[str, list[Rule]] = {}
    for rule in lexicon(language).rules:
        for group in rule.does:
            table.setdefault(group, []).append(rule)
    return table


def _judge(rule: Rule, happening: Happening) -> Level:
    if not _stands(rule, happening):
        return Level.NO
    level = min(rule.level, _concerned(rule, happening), key=_ORDER.index)
    if rule.last_resort:
        return min(level, Level.ASK, key=_ORDER.index)
    return Level.YES if level is Level.ASK and "urgent" in happening.around else level


_ORDER = (Level.NO, Level.ASK, Level.YES)


def _stands(rule: Rule, happening: Happening) -> bool:
    """Whether it is said to be so, now, in the surroundings that the rule wants."""
    if happening.supposed or happening.past or rule.negated not in ("either", happening.negated):
        return False
    if (rule.only and not happening.only) or (rule.single and not happening.single):
        return False
    if rule.passive is not None and rule.passive is not happening.passive:
        return False
    around = happening.around
    if around.intersection(rule.unless) or not around.issuperset(rule.with_all):
        return False
    return not rule.with_ or bool(around.intersection(rule.with_))


def _concerned(rule: Rule, happening: Happening) -> Level:
    """How sure it is that it happens to those whom the rule names."""
    nouns = happening.nouns
    if rule.nobody and any(noun.role in _CORE and _is_thing(noun) and not _is_meant(noun, rule) for noun in nouns):
        return Level.NO
    if rule.never and _is_never(rule, happening):
        return Level.NO
    if rule.not_of and _is_said_of_thing(rule, happening):
        return Level.NO
    if not rule.who:
        return Level.YES
    hits = [at for at, noun in enumerate(nouns) if _is_meant(noun, rule)]
    if hits and (_PEOPLE.isdisjoint(rule.who) or not _is_taken_over(nouns, hits[-1])):
        return Level.YES
    named = () if happening.inherited else [noun for noun in nouns if noun.role in _CORE]
    if any(noun.known for noun in named):
        return Level.NO
    return rule.unknown if named else rule.alone


def _is_never(rule: Rule, happening: Happening) -> bool:
    """Whether it is said of what the rule never means: by the noun next to the verb, or where (``일에 치여``)."""
    core = [noun for noun in happening.nouns if noun.role in _CORE]
    if happening.inherited or not core:
        core = [noun for noun in happening.nouns if noun.role is Role.PLACE]
    return bool(core) and not core[-1].groups.isdisjoint(rule.never)


def _is_said_of_thing(rule: Rule, happening: Happening) -> bool:
    """Whether the subject is one of which the verb is only a picture, and nobody is named beside it."""
    nouns = [noun for noun in happening.nouns if noun.groups.isdisjoint(rule.who)]
    wanted = _DEVICES if happening.inherited else rule.not_of
    if any("person" in noun.groups and not noun.is_part for noun in nouns):
        return False
    return any(noun.role in (Role.SUBJECT, Role.TOPIC) and not noun.groups.isdisjoint(wanted) for noun in nouns)


def _is_meant(noun: Noun, rule: Rule) -> bool:
    return not noun.is_part and noun.role in rule.roles and not noun.groups.isdisjoint(rule.who)


def _is_thing(noun: Noun) -> bool:
    return noun.is_part or noun.groups.isdisjoint(_PEOPLE)


def _is_taken_over(nouns: tuple[Noun, ...], hit: int) -> bool:
    """Whether a thing nearer to the verb is its subject: ``작업자가 보니 판재가 …``."""
    if nouns[hit].role not in _CORE:
        return False
    rest = nouns[hit + 1 :]
    return any(noun.role is Role.SUBJECT and noun.known and _is_thing(noun) for noun in rest)
