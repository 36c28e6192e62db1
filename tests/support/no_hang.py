"""A test that hangs fails, with what each of its tasks was waiting for; the others go on."""

import asyncio
import io
import signal
import sys
from collections.abc import Generator
from types import FrameType

import pytest

LONGEST_S = 900  # the longest one waits five minutes for a line, and the machine may be slow


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(LONGEST_S)
    try:
        return (yield)
    finally:
        signal.alarm(0)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    signal.alarm(60)  # what cleans up after it may hang as well
    stacks = io.StringIO()
    try:
        for task in asyncio.all_tasks():
            task.print_stack(file=stacks)
    except RuntimeError:
        stacks.write("no loop runs")
    sys.stderr.write(stacks.getvalue())
    raise TimeoutError(f"this test hung for {LONGEST_S} s")
