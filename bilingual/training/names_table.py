"""`python -m bilingual.training.names_table`: names of places and languages, out of Unicode CLDR.

Writes `bilingual/data/cldr_names.json`: code → the name in Vietnamese and in English. What people
write besides (Mỹ, UK, Dutch, In-đô-nê-xi-a) stands in `bilingual/places.toml`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from bilingual.units import DATA

CLDR_NAMES = DATA / "cldr_names.json"

# The world is a common noun in both languages; the others are no places.
_LEFT_OUT = frozenset("001 QO XA XB ZZ".split())
_LANGUAGE_NAMED = re.compile(r"Tiếng (?P<name>.+)")


def cldr_names() -> dict[str, dict[str, list[str]]]:
    """The table: `{"territories": {code: [Vietnamese, English]}, "languages": {…}}`.

    Of the languages those with a code of two letters, Vietnamese without "Tiếng".
    """
    from babel import Locale

    vietnamese, english = Locale("vi"), Locale("en")
    territories = {
        code: [vietnamese.territories[code], name]
        for code, name in sorted(english.territories.items())
        if code in vietnamese.territories and code not in _LEFT_OUT
    }
    languages = {}
    for code, name in sorted(english.languages.items()):
        named = _LANGUAGE_NAMED.fullmatch(vietnamese.languages.get(code, ""))
        if named and len(code) == 2 and "(" not in named["name"]:
            languages[code] = [named["name"], name]
    return {"territories": territories, "languages": languages}


def main(path: Path = CLDR_NAMES) -> int:
    """Write the table."""
    table = cldr_names()
    lines = [
        f'"{part}": {{\n'
        + ",\n".join(f'"{code}": {json.dumps(pair, ensure_ascii=False)}' for code, pair in rows)
        + "\n}"
        for part, rows in ((part, entries.items()) for part, entries in table.items())
    ]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
