"""Text for a terminal, which obeys the control characters in it: none of a document's get there."""

from __future__ import annotations

import io
import re

# C0 and C1 controls but tab and line end; and what turns the direction of writing around, by which
# a file can be shown under another name than its own.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """`text` with control characters shown as the escapes of Python."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """`printable` text in which line ends are shown as well: a file's name may hold one."""
    return printable(text).replace("\n", "\\n")


class Terminal(io.TextIOWrapper):
    """Standard output where it is a terminal: what is written to it stays text."""

    def write(self, text: str) -> int:
        """Write `text`, made printable."""
        return super().write(printable(text))
