"""A paste is one text, however it comes in and whatever stands in it; keys before and after it are keys."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from core.support.text import inert
from tui.input.parser import QUIET_S, TYPED_S, InputParser

BEGIN, END = "\x1b[200~", "\x1b[201~"
HOSTILE = st.lists(
    st.sampled_from(
        ["\x1b[31m", "\x1b", "\r", "\n", "\x1b\r", "\x1bOS", "\x1b[15~", "가", "a", BEGIN, "\x00", "\x1b[20"]
    )
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    max_size=12,
).map("".join)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def told(messages: list[Message]) -> list[str | tuple[str]]:
    """Keys as their names, pastes as a tuple of their text."""
    found: list[str | tuple[str]] = []
    for message in messages:
        match message:
            case events.Paste(text=text):
                found.append((text,))
            case events.Key(key=key):
                found.append(key)
            case _:
                pass
    return found


def fed(parser: InputParser, *pieces: str) -> list[str | tuple[str]]:
    return told([message for piece in pieces for message in parser.feed(piece)])


def cut(text: str, places: list[int]) -> list[str]:
    at = sorted({place % (len(text) + 1) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in pairwise(at) if a < b]


@given(HOSTILE, st.lists(st.integers(0, 500), max_size=12))
def test_whatever_is_pasted_is_one_inert_text(pasted: str, places: list[int]) -> None:
    pasted = pasted.replace(END, "") + "."  # it ends in no beginning of the end mark
    pieces = cut(f"a{BEGIN}{pasted}{END}b", places)
    text = inert(pasted.replace("\r\n", "\n").replace("\r", "\n"))
    assert fed(InputParser(), *pieces) == ["a", (text,), "b"]


def test_colour_codes_and_returns_in_a_paste_press_no_key() -> None:
    pasted = "\x1b[31m압력\x1b[0m 낮음\r\n\x1b\r다음 줄"
    assert fed(InputParser(), BEGIN + pasted + END) == [("␛[31m압력␛[0m 낮음\n␛\n다음 줄",)]


def test_two_pastes_and_keys_stay_in_their_order() -> None:
    assert fed(InputParser(), f"x{BEGIN}1{END}\r{BEGIN}2{END}\x1bOS") == ["x", ("1",), "enter", ("2",), "f4"]


def test_an_empty_paste_is_nothing() -> None:
    assert fed(InputParser(), f"{BEGIN}{END}a") == ["a"]


def test_without_an_end_mark_the_keys_come_back_after_a_moment() -> None:
    clock = Clock()
    parser = InputParser(clock=clock)
    assert fed(parser, BEGIN + "half") == []
    assert told(list(parser.tick())) == []
    clock.now += QUIET_S
    assert told(list(parser.tick())) == [("half",)]
    assert fed(parser, "a\r") == ["a", "enter"]
    assert fed(parser, BEGIN + "whole" + END) == [("whole",)], "the next paste is whole again"


@pytest.mark.parametrize(("per_tick", "ends"), [(1, True), (40, False)])
def test_somebody_who_goes_on_typing_gets_the_keys_back_while_a_slow_line_pastes_on(per_tick: int, ends: bool) -> None:
    clock = Clock()
    parser = InputParser(clock=clock)
    fed(parser, BEGIN + "half")
    pasted: list[str | tuple[str]] = []
    for _tick in range(round(TYPED_S * 4)):
        clock.now += 0.5
        pasted += fed(parser, "k" * per_tick) + told(list(parser.tick()))
        if pasted:
            break
    assert bool(pasted) is ends
