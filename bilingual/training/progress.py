"""How far the training is, on standard error."""

from __future__ import annotations

import sys
import time

_STARTED = time.monotonic()


def report(text: str) -> None:
    """Progress on standard error, with the minutes since this process started."""
    sys.stderr.write(f"[{(time.monotonic() - _STARTED) / 60:6.1f} min] {text}\n")
    sys.stderr.flush()
