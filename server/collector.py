"""Garbage collection: spared what lives as long as the process, so that nobody waits for it."""

import gc

# The library leaves some eighty objects of a closed socket in cycles: a hundred sockets may wait for the collector, no
# more, or a thousand comings and goings take memory that is never given back (`load.churn_kb`).
YOUNG = 10_000


def spare() -> None:
    """To be called when everything is up: a full collection over it takes tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 100)
