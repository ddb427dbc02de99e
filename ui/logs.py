"""What the server writes down: one line of JSON for each thing that happened, on standard error.

No line holds a question's or an answer's text unless `log_questions` is switched on.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from rag.settings import Settings

_log = logging.getLogger("trichdan")


class _AsJson(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(settings: Settings) -> None:
    """Write lines from now on, as the settings say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _log.setLevel(settings.log_level.upper())


def note(event: str, **fields: object) -> None:
    """Write that something happened."""
    _log.info(event, extra={"fields": fields})
