"""What tests of time may ask for: a small region in an empty database, once on each engine."""

import pytest

from server.database import Database
from tests.scheduling.region import Region, settled


@pytest.fixture
async def region(database: Database) -> Region:
    return await settled(database)
