"""`trichdan` with the network refused: `python -m tests.guarded LOG ARGUMENT…`.

What is attempted is written to the file LOG, a line each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.network import refuse_network


def main() -> int:
    log = Path(sys.argv[1])

    def note(attempt: str) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{attempt}\n")

    refuse_network(note)
    from ui import cli

    return cli.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
