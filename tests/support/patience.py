"""Waits until a page says yes: Playwright's own wait takes the promise of an async function for its answer."""

import asyncio
from typing import Any, Protocol


class Asked(Protocol):
    async def evaluate(self, expression: str, arg: Any = None) -> Any: ...


async def comes_true(page: Asked, predicate: str, arg: object = None, *, within_s: float = 10) -> None:
    """`predicate` is a function of the page, async or not; raises TimeoutError with it when it stays false."""
    try:
        async with asyncio.timeout(within_s):
            while not await page.evaluate(predicate, arg):  # noqa: ASYNC110 - a page has no event for what it computes
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(f"did not come true within {within_s} s: {predicate.strip()[:200]}") from None
