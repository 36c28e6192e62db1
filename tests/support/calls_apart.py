"""Calls between browsers share one worker: each fills a machine of two cores, and two at once would spoil both."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

FOLDERS = ("tests/faults/", "tests/foreign/", "tests/journeys/")
FILES = ("test_in_browsers.py", "test_ladder_in_browsers.py", "test_people_in_a_call.py")


class CallsApart(LoadScopeScheduling):
    """All calls are one scope, begun first because it is the largest; every other test is one of its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        return "calls" if file.startswith(FOLDERS) or file.endswith(FILES) else nodeid


# Xdist's own `--dist loadgroup` groups nothing under pytest 9.2: it renames a test by a field that is gone.
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> CallsApart:
    return CallsApart(config, log)
