"""Each wanted sentence is read with its neighbours where they fit."""

from hypothesis import given
from hypothesis import strategies as st

from rag.reader.windows import windows


def test_a_sentence_has_its_neighbours() -> None:
    assert windows([10] * 5, [range(2, 3)], 40) == [range(1, 4)]
    assert windows([10] * 5, [range(1)], 40) == [range(2)]
    assert windows([10] * 5, [range(4, 5)], 40) == [range(3, 5)]


def test_those_near_each_other_are_read_together_as_far_as_they_fit() -> None:
    wanted = [range(1, 2), range(3, 4)]
    assert windows([10] * 9, wanted, 50) == [range(5)] * 2
    assert windows([10] * 9, wanted, 40) == [range(3), range(2, 5)]
    assert windows([10] * 9, [range(1), range(7, 8)], 90) == [range(2), range(6, 9)]


def test_neighbours_that_do_not_fit_are_left_out() -> None:
    assert windows([10, 10, 90], [range(1, 2)], 50) == [range(1, 2)]
    assert windows([10, 99, 10], [range(1, 2)], 50) == [range(1, 2)]


def test_a_list_is_read_with_what_announces_it() -> None:
    assert windows([5] * 6, [range(1, 4), range(2, 3)], 50) == [range(5)] * 2


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=12),
    st.sets(st.integers(0, 11)),
    st.integers(20, 120),
)
def test_every_wanted_sentence_stands_in_its_stretch(
    lengths: list[int], places: set[int], room: int
) -> None:
    wanted = [range(at, at + 1) for at in sorted(places) if at < len(lengths)]
    found = windows(lengths, wanted, room)
    assert len(found) == len(wanted)
    for one, stretch in zip(wanted, found, strict=True):
        assert stretch.start <= one.start < one.stop <= stretch.stop <= len(lengths)
        within = sum(lengths[stretch.start : stretch.stop])
        assert within <= room or stretch == one
