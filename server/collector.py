"""Garbage collection: spared what lives as long as the process, so that nobody waits for it."""

import gc


def spare() -> None:
    """To be called when everything is up: a full collection over it takes tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
