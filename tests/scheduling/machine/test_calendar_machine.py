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
A_RUN = 50  # steps of one example: calendars get full, and what fails can still be made small


class Desk(Promises, Courses, Years):
    """All parts together."""


def test_the_region_in_any_order(
    engine: EngineName, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Desk.engine, Desk.folders = _engine(engine, request, tmp_path), clocks.write_down(tmp_path)
    url = Desk.engine.template_url
    Desk.there = asyncio.run(settle(url))
    Desk.steps, Desk.fired = 0, Counter()
    while Desk.steps < STEPS:
        run_state_machine_as_test(
            Desk,
            settings=settings(
                max_examples=(STEPS - Desk.steps) // A_RUN + 1,
                stateful_step_count=A_RUN,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
    if STEPS > FEW:
        with capsys.disabled():
            print(f"\n{Desk.steps} steps on {engine}")
            print("\n".join(f"{count:6} {line}" for line, count in sorted(Desk.fired.items())))
    if STEPS >= ALL:
        acts = {line.partition(":")[0] for line, count in Desk.fired.items() if line.endswith("done") and count >= 5}
        told = {line.partition(":")[0] for line in Desk.fired}
        assert told == acts, f"hardly ever done: {sorted(told - acts)}"


def _engine(name: EngineName, request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if name == "sqlite":
        template = tmp_path / "template.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), template)
        return Files(template)
    postgres = request.getfixturevalue("postgres")
    return Servers(postgres, postgres.create(request.getfixturevalue("migrated_postgres")))
