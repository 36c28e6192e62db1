"""What tests of the ledger may ask for: a department on an empty database, once on each engine."""

import pytest

from server.database import Database
from tests.scheduling.ledger.money import Department, department


@pytest.fixture
async def office(database: Database) -> Department:
    return await department(database)
