"""Parts shared by the tests of faults."""

from collections.abc import Iterator

import pytest

from tests.support.networks import Networks


@pytest.fixture
def networks() -> Iterator[Networks]:
    """Hosts whose network can be taken away. Fails where it cannot be made."""
    with Networks() as made:
        yield made
