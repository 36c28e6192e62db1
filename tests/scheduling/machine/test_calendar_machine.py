"""Calendars, bookings, courses, holidays and clocks in any order, on both engines, against a slow, obvious model.

`make test` runs some hundred steps on each engine. All of them, ten thousand on each:

    RYADOM_MACHINE_STEPS=10000 .venv/bin/python -m pytest -s tests/scheduling/machine

It prints how often what was done, and how it was answered. Nothing of the model is shared with what it judges: times
are read off the wall clock at every single minute (`sheet`, `clocks`), recurrences run from their first day by
python-dateutil, and each promise is a row of Python's own (`model`).
"""

import asyncio
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scheduling.machine import clocks
from tests.scheduling.machine.courses import Courses
from tests.scheduling.machine.promises import Promises
from tests.scheduling.machine.world import Engine, Files, Servers, settle
from tests.scheduling.machine.years import Years
from tests.support.parts import Engine as EngineName

FEW, ALL = 600, 10_000
STEPS = int(os.environ.get("RYADOM_MACHINE_STEPS", FEW))
PARTS = max(1, STEPS // 2500)  # so that each ends before it is taken for one that hangs
A_RUN = 50  # steps of one example: calendars get full, and what fails can still be made small
BEGINNING = 8  # steps at most with which one begins

done: Counter[str] = Counter()
fired: dict[str, Counter[str]] = {}


class Desk(Promises, Courses, Years):
    """All parts together."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_region_in_any_order(
    engine: EngineName, part: int, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Desk.engine, Desk.folders = _engine(engine, request, tmp_path), clocks.write_down(tmp_path)
    Desk.there = asyncio.run(settle(Desk.engine.template_url))
    Desk.steps, Desk.fired = 0, fired.setdefault(engine, Counter())
    while Desk.steps < STEPS / PARTS:
        run_state_machine_as_test(
            Desk,
            settings=settings(
                max_examples=(STEPS // PARTS - Desk.steps) // (A_RUN + BEGINNING) + 1,
                stateful_step_count=A_RUN,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
    done[engine] += Desk.steps
    if part == PARTS - 1 and STEPS > FEW:
        with capsys.disabled():
            print(f"\n{done[engine]} steps on {engine}")
            print("\n".join(f"{count:6} {line}" for line, count in sorted(fired[engine].items())))
    if done[engine] >= ALL:
        acts = {line.partition(":")[0] for line, count in fired[engine].items() if line.endswith("done") and count >= 5}
        assert acts == {line.partition(":")[0] for line in fired[engine]}, "what is missing was hardly ever done"


def _engine(name: EngineName, request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if name == "sqlite":
        template = tmp_path / "template.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), template)
        return Files(template)
    postgres = request.getfixturevalue("postgres")
    return Servers(postgres, postgres.create(request.getfixturevalue("migrated_postgres")))
