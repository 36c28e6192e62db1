"""Somebody to whom a certificate can be issued, once on each engine."""

import pytest

from tests.scheduling.certificates.holder import Holder, settle
from tests.scheduling.region import Region


@pytest.fixture
async def holder(region: Region) -> Holder:
    return await settle(region)
