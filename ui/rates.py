"""How often one person may ask."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from ui.errors import TooOftenError

MOST_PEOPLE = 10_000
_WINDOW_S = 60.0


class Rate:
    """At most so many in any minute for each person.

    Args:
        a_minute: None for no limit.
    """

    def __init__(self, a_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute, self._clock = a_minute, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one of `name`'s.

        Raises:
            TooOftenError: They are used up for now.
        """
        if self._a_minute is None:
            return
        now = self._clock()
        times = self._times.setdefault(name, deque(maxlen=self._a_minute))
        if len(times) == self._a_minute and now - times[0] < _WINDOW_S:
            seconds = max(1, round(_WINDOW_S - (now - times[0])))
            raise TooOftenError(limit=self._a_minute, seconds=seconds)
        times.append(now)
        self._times.move_to_end(name)
        while len(self._times) > MOST_PEOPLE:
            self._times.popitem(last=False)
