"""Which stretches of a passage are read together, so that each sentence has its neighbours."""

from __future__ import annotations

from collections.abc import Sequence


def windows(lengths: Sequence[int], wanted: Sequence[range], room: int) -> list[range]:
    """Stretches of sentences that hold the wanted ones, each with its neighbours where they fit.

    Args:
        lengths: Tokens of each of a passage's sentences.
        wanted: Sentences that are to be read, in the order of the passage; not empty.
        room: Tokens that fit into one stretch.

    Returns:
        A stretch for each of `wanted`; the same one for several where they fit into it. One that
        is longer than `room` is cut by its reader.
    """
    found: list[range] = []
    for one in wanted:
        around = range(max(0, one.start - 1), min(len(lengths), one.stop + 1))
        if found:
            both = range(found[-1].start, max(around.stop, found[-1].stop))
            if around.start <= found[-1].stop and _long(lengths, both) <= room:
                found = [both if last == found[-1] else last for last in found]
                found.append(both)
                continue
        found.append(around if _long(lengths, around) <= room else one)
    return found


def _long(lengths: Sequence[int], stretch: range) -> int:
    return sum(lengths[stretch.start : stretch.stop])
