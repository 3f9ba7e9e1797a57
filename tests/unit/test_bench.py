"""The pure parts of the bench: its statistics, goals, table, picture, command line, and the plant's events."""

import itertools
import json
import math
import random
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import options
from tests.bench.history import LEAST_BYTES, MOST_BYTES, Plant, churn, history, standing
from tests.bench.plot import growth_svg
from tests.bench.results import Goal, Report, Row, Rule, merged
from tests.bench.screen import cursor, open_count
from tests.bench.sizes import QUICK, Sizes
from tests.bench.spread import percentile, spread
from tests.bench.table import BEGIN, END, markdown_table, number, text_table, with_table

PARTS = ["replay", "keys", "idle"]
VALUES = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=50)


def _row(
    measured: tuple[float, ...], baseline: tuple[float, ...] = (), goal: Goal | None = None, **given: object
) -> Row:
    return Row("keys", "typing", "ms", measured, baseline, goal, **given)  # type: ignore[arg-type]


# Statistics


def test_a_spread_is_the_middle_and_the_ends() -> None:
    found = spread([3.0, 1.0, 2.0, 10.0, 2.5])
    assert (found.median, found.least, found.most) == (2.5, 1.0, 10.0)


def test_a_percentile_is_the_nearest_rank() -> None:
    values = [float(value) for value in range(1, 101)]
    random.Random(1).shuffle(values)
    assert percentile(values, 0.5) == 50.0
    assert percentile(values, 0.99) == 99.0
    assert percentile(values, 1.0) == 100.0
    assert percentile([7.0], 0.99) == 7.0


@given(VALUES, st.floats(0.01, 1.0))
def test_at_least_that_share_of_all_is_not_above_a_percentile(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    not_above = sum(value <= found for value in values)
    assert not_above / len(values) >= share
    below = sum(value < found for value in values)
    assert below / len(values) < share


def test_nothing_measured_is_no_zero() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


# Goals


@pytest.mark.parametrize(
    ("rule", "limit", "measured", "baseline", "is_met"),
    [
        (Rule.AT_MOST, 10.0, 10.0, None, True),
        (Rule.AT_MOST, 10.0, 10.1, None, False),
        (Rule.TIMES, 2.0, 8.0, 4.0, True),
        (Rule.TIMES, 2.0, 8.1, 4.0, False),
        (Rule.PLUS, 33.0, 37.0, 4.0, True),
        (Rule.PLUS, 33.0, 37.1, 4.0, False),
        (Rule.SPEED, 1.0, 4.0, 4.0, True),
        (Rule.SPEED, 1.0, 4.1, 4.0, False),
        (Rule.TIMES, 2.0, 8.0, None, None),
        (Rule.PLUS, 2.0, 8.0, None, None),
    ],
)
def test_a_goal_is_met_or_not(
    rule: Rule, limit: float, measured: float, baseline: float | None, is_met: bool | None
) -> None:
    row = _row((measured,), () if baseline is None else (baseline,), Goal(rule, limit))
    assert row.is_met is is_met


def test_without_a_goal_nothing_is_met_or_missed() -> None:
    assert _row((1.0,), (1.0,)).is_met is None


def test_ratios_are_of_the_same_run_and_a_speed_is_the_other_way_round() -> None:
    assert _row((2.0, 9.0), (1.0, 3.0), Goal(Rule.TIMES, 2.0)).ratios == (2.0, 3.0)
    assert _row((2.0, 9.0), (1.0, 3.0), Goal(Rule.SPEED, 1.0)).ratios == (0.5, 1 / 3)


def test_a_baseline_of_nothing_has_no_ratio_and_its_goal_stands() -> None:
    row = _row((600.0,), (0.0,), Goal(Rule.AT_MOST, 60.0))
    assert row.ratio is None
    assert row.is_met is False


@given(VALUES, VALUES, st.sampled_from(Rule), st.floats(0.1, 10.0))
def test_what_is_allowed_is_what_just_meets_the_goal(
    measured: list[float], baseline: list[float], rule: Rule, limit: float
) -> None:
    row = _row(tuple(measured[:1]), tuple(baseline[:1]), Goal(rule, limit))
    assert row.allowed is not None
    for near, is_met in ((0.99, True), (1.01, False)):
        assert _row((row.allowed * near,), row.baseline, row.goal).is_met is is_met


# Files


def test_a_report_is_read_back_from_its_file() -> None:
    goal = Goal(Rule.TIMES, 2.0)
    rows = [_row((1.5, 2.0), (1.0, 1.0), goal, against="빈 앱", series="typing", size=10), _row((3.0,))]
    report = Report({"date": "2026-11-25"}, rows)
    assert Report.from_json(report.to_json()) == report
    assert json.loads(report.to_json())["rows"][0]["met"] is True


def test_of_several_reports_the_last_says_what_a_row_is() -> None:
    first = Report({"date": "1", "runs": "5"}, [Row("a", "x", "s", (1.0,)), Row("a", "y", "s", (2.0,))])
    second = Report({"date": "2"}, [Row("a", "x", "s", (3.0,)), Row("b", "x", "s", (4.0,))])
    found = merged([first, second])
    assert [(row.part, row.name, row.measured) for row in found.rows] == [
        ("a", "x", (3.0,)),
        ("a", "y", (2.0,)),
        ("b", "x", (4.0,)),
    ]
    assert found.surroundings == {"date": "2", "runs": "5"}


# Table


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (0.0123456, "0.0123"), (0.00004, "4e-05"), (1.234, "1.23"), (45.67, "45.7"), (12345.6, "12,346")],
)
def test_numbers_have_three_digits(value: float, words: str) -> None:
    assert number(value) == words


def test_the_table_has_goal_baseline_measured_ratio_and_verdict() -> None:
    text = text_table([_row((30.0, 20.0, 40.0), (10.0, 10.0, 10.0), Goal(Rule.TIMES, 2.0), against="an Input")])
    assert text.splitlines()[-1].split("  ") == [
        "typing",
        "≤ 2 ×",
        "an Input 10 ms",
        "30 ms (20 to 40)",
        "3 (2 to 4)",
        "✗",
    ]


def test_columns_are_aligned_and_parts_apart() -> None:
    rows = [Row("a", "short", "s", (1.0,)), Row("a", "a long name", "s", (1.0,)), Row("b", "other", "s", (1.0,))]
    lines = text_table(rows).splitlines()
    assert {line.index("1 s") for line in lines[1:] if line} == {len("a long name  goal  baseline  ")}
    assert [bool(line) for line in lines] == [True, False, True, True, False, True]


def test_the_page_keeps_all_but_the_table() -> None:
    report = Report({"machine": "2 cores", "date": "today"}, [_row((30.0,), (10.0,), Goal(Rule.TIMES, 2.0))])
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    found = with_table(page, report)
    assert found.startswith(f"before\n{BEGIN}\n2 cores, today\n\n| what |")
    assert found.endswith(f"|\n{END}\nafter\n")
    assert "old" not in found
    assert with_table(found, report) == found


def test_the_picture_is_below_the_table() -> None:
    found = with_table(f"{BEGIN}{END}", Report({}, []), "screenshots/growth.svg")
    assert "](screenshots/growth.svg)" in found.splitlines()[-2]


def test_a_page_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="has no"):
        with_table("page", Report({}, []))


def test_what_has_no_goal_is_not_on_the_page() -> None:
    assert markdown_table([_row((1.0,))]).count("\n") == 2


def test_the_readme_has_a_place_for_the_table() -> None:
    assert with_table(options.README.read_text(), Report({}, []))


# Picture


def _points() -> list[Row]:
    goal = Goal(Rule.TIMES, 2.0)
    return [
        Row("keys", f"{name} {size}", "ms", (at, at + 2.0), (5.0, 5.0), goal, series=name, size=size)
        for name in ("typing <b>", "arrows", "idle", "memory")
        for size, at in ((10, 8.0), (1_000, 9.0), (10_000, 160.0))
    ]


def _parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - made here


def test_the_picture_is_well_formed_and_within_its_bounds() -> None:
    root = _parsed(growth_svg(_points(), "Growth & more"))
    _left, _top, width, height = map(float, root.attrib["viewBox"].split())
    for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 < float(circle.attrib["cx"]) < width
        assert 0 < float(circle.attrib["cy"]) < height
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Growth & more" in texts
    assert "typing <b>, ms" in texts
    assert texts.count("10,000") == 4


def test_more_is_higher_and_larger_is_farther_right() -> None:
    root = _parsed(growth_svg(_points()[:3], "Growth"))
    circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == 3
    xs = [float(circle.attrib["cx"]) for circle in circles]
    ys = [float(circle.attrib["cy"]) for circle in circles]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert math.isclose((xs[1] - xs[0]) / (xs[2] - xs[0]), 2 / 3, abs_tol=0.01), "by the logarithm"


def test_without_a_series_there_is_no_picture() -> None:
    with pytest.raises(ValueError, match="no row with a series"):
        growth_svg([_row((1.0,))], "Growth")


# Command line


def _given(*arguments: str) -> tuple[list[str], Sizes]:
    found = options.parser(PARTS).parse_args(arguments)
    return options.chosen(found, PARTS), options.sizes(found)


def test_all_parts_run_unless_some_are_named() -> None:
    assert _given() == (PARTS, Sizes())
    assert _given("idle", "replay")[0] == ["replay", "idle"]


def test_earlier_results_alone_measure_nothing() -> None:
    assert _given("--from", "a.json", "b.json")[0] == []
    assert _given("keys", "--from", "a.json")[0] == ["keys"]


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(ValueError, match="no such part: kyes"):
        _given("kyes")


def test_sizes_are_quick_or_as_they_are_told() -> None:
    assert _given("--quick")[1] == QUICK
    assert _given("--events", "7", "--idle", "3")[1] == Sizes(events=7, idle_s=3.0)


def test_five_runs_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    assert options.parser(PARTS).parse_args([]).runs == 5
    with pytest.raises(SystemExit):
        _given("--runs", "0")
    assert "must be 1 or more" in capsys.readouterr().err


def test_plot_and_readme_know_where() -> None:
    found = options.parser(PARTS).parse_args(["--plot", "--readme", "page.md"])
    assert found.plot == Path("screenshots/bench-growth.svg")
    assert found.readme == Path("page.md")


# What is read off the screen


def test_the_newest_count_of_open_issues_counts() -> None:
    assert open_count(b" open 999 \xe2\x96\xb2 x open 1,203 ") == 1203
    assert open_count(b"open ?", 5) == 5


def test_the_cursor_is_found_by_its_mark() -> None:
    assert cursor("    1 ▲  x\n▌  12 ▲▲ y\n▌    burr\n    3 ▲") == 12
    assert cursor("none") is None


# The plant's events


def test_a_months_events_are_as_the_contract_says() -> None:
    until_ms = 1_790_000_000_000
    events = list(history(2_001, 50, until_ms))
    assert len(events) == 2_001
    times = [event.time_ms for event in events]
    assert times[50:] == sorted(times[50:])
    assert times[-1] <= until_ms
    for event in events:
        assert LEAST_BYTES <= len(event.value) <= MOST_BYTES, event.value.decode()
        value = json.loads(event.value)
        assert list(value) == [
            "issue", "processType", "modeType", "modeLogId", "description", "isSolved", "timestamp",
        ]  # fmt: skip
        assert value["issue"] == event.issue


@given(st.integers(1, 60), st.integers(0, 200), st.sampled_from([None, -1]))
def test_as_many_are_open_after_churn_as_before(open_issues: int, count: int, solved: int | None) -> None:
    plant = Plant()
    begun = list(standing(plant, open_issues, 1_000_000))
    events = list(churn(plant, count, itertools.count(2_000_000), solved=solved))
    assert len(events) == count
    is_open: dict[str, bool] = {}
    for event in (*begun, *events):
        value = json.loads(event.value)
        assert not value["isSolved"] or is_open[event.issue], "only what is open is solved"
        is_open[event.issue] = not value["isSolved"]
    assert sum(is_open.values()) == len(plant.open) == open_issues


def test_the_same_seed_is_the_same_plant() -> None:
    assert list(history(300, 10, 9_000_000_000)) == list(history(300, 10, 9_000_000_000))
