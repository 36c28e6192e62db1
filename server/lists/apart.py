"""`python -m server.lists.apart FILE KIND` reads a list in a process of its own: memory, time and faults stay there.

On stdin comes JSON: {"catalogue": …, "cards": […]}. On stdout go frames, each four bytes of length and JSON: first
{"sheet": …}, then {"rows": […]} in batches, at last {"end": true}; or {"unreadable": …} instead of what was to follow.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

from server.lists import reading
from server.lists.frames import LENGTH
from server.lists.headings import LISTS
from server.lists.matching import Known
from server.lists.rows import Unreadable
from server.lists.understanding import Catalogue, understood

BATCH = 500
MOST_BATCH = 1024 * 1024
MEMORY = 1024**3
SECONDS = 600


def main(arguments: list[str]) -> None:
    path, kind = Path(arguments[0]), next(each for each in LISTS if each == arguments[1])
    _limit()
    given = json.load(sys.stdin)
    catalogue, known = Catalogue.of(given["catalogue"]), Known(given.pop("cards"))
    out = sys.stdout.buffer
    try:
        sheet = reading.sheet(path, kind)
        head = {"columns": sheet.columns, "unknown": sheet.unknown, "about": sheet.about, "notes": dict(sheet.notes)}
        _say(out, {"sheet": head})
        batch: list[dict[str, Any]] = []
        weight = 0
        for row in understood(sheet.rows, kind, catalogue):
            batch.append(known.judged(row))
            weight += sum(map(len, row.cells.values()))
            if len(batch) == BATCH or weight > MOST_BATCH:
                _say(out, {"rows": batch})
                batch, weight = [], 0
        _say(out, {"rows": batch})
        _say(out, {"end": True})
    except Unreadable as refused:
        _say(out, {"unreadable": {"code": refused.code, "line": refused.line, **refused.data}})
    except MemoryError:
        _say(out, {"unreadable": {"code": "unpacked_too_large", "line": None}})


def _limit() -> None:
    """Last after all others who want the processor; never more memory or time than a list can need."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _say(out: BinaryIO, frame: dict[str, Any]) -> None:
    body = json.dumps(frame, ensure_ascii=False).encode()
    out.write(LENGTH.pack(len(body)) + body)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
