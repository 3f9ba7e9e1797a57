"""What stands behind the last stable offset: decided is what no undecided transaction can undo."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import Record
from core.kafka.lenient_decoder import Batch, Marker
from core.kafka.unstable_tail import UnstableTail


def batch(offset: int, producer: int | None = None) -> Batch:
    record = Record("t", 0, offset, 1000 + offset, None, b"%d" % offset)
    return Batch(offset, offset + 1, (record,), producer, first_ms=1000 + offset)


def marker(offset: int, producer: int, kind: Marker | None) -> Batch:
    return Batch(offset, offset + 1, (), producer, kind, is_control=True)


def offsets(records: list[Record]) -> list[int]:
    return [record.offset for record in records]


def test_a_plain_record_behind_a_hanging_transaction_is_certain() -> None:
    tail = UnstableTail(0)
    assert offsets(tail.take([batch(0, 7), batch(1), batch(2, 7)])) == [1]
    assert (offsets(tail.undecided), tail.oldest, tail.next) == ([0, 2], (7, 1000), 3)


def test_a_committed_transaction_is_certain_and_a_rolled_back_one_never_was() -> None:
    tail = UnstableTail(0)
    ends = [marker(4, 2, Marker.COMMIT), marker(5, 3, Marker.ABORT)]
    assert offsets(tail.take([batch(0, 1), batch(1, 2), batch(2, 3), batch(3, 2), *ends])) == [1, 3]
    assert offsets(tail.undecided) == [0]


def test_an_end_that_cannot_be_read_decides_nothing() -> None:
    tail = UnstableTail(0)
    assert tail.take([batch(0, 1), marker(1, 1, None)]) == []
    assert offsets(tail.undecided) == [0]


def test_what_the_last_stable_offset_has_passed_waits_no_more() -> None:
    tail = UnstableTail(0)
    tail.take([batch(0, 1), batch(1, 2), batch(2, 1)])
    tail.decided_below(2)
    assert offsets(tail.undecided) == [2]


def test_a_batch_that_comes_twice_is_taken_once() -> None:
    tail = UnstableTail(0)
    assert offsets(tail.take([batch(0), batch(1)])) == [0, 1]
    assert tail.take([batch(0), batch(1)]) == []


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from([None, 1, 2, 3])),
        st.tuples(st.sampled_from([Marker.COMMIT, Marker.ABORT]), st.sampled_from([1, 2, 3])),
    ),
    max_size=30,
)


@given(STEPS, st.integers(1, 5))
def test_whatever_the_order_exactly_what_is_committed_is_certain(
    steps: list[tuple[str | Marker, int | None]], at_once: int
) -> None:
    log = [
        batch(n, producer) if isinstance(kind, str) else marker(n, producer or 0, kind)
        for n, (kind, producer) in enumerate(steps)
    ]
    tail, certain = UnstableTail(0), []
    for start in range(0, len(log), at_once):
        certain += tail.take(log[start : start + at_once])
    expected, waiting = set(), set()
    for n, one in enumerate(log):
        if one.is_control:
            continue
        ends = (later.marker for later in log[n:] if later.is_control and later.producer == one.producer)
        end = Marker.COMMIT if one.producer is None else next(ends, None)
        if end is Marker.COMMIT:
            expected.add(n)
        elif end is None:
            waiting.add(n)
    assert sorted(offsets(certain)) == sorted(expected)
    assert set(offsets(tail.undecided)) == waiting
