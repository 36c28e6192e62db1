"""Work that takes long, done beside the loop: two at a time, so that a month of papers leaves room for everybody."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_hands = ThreadPoolExecutor(2, thread_name_prefix="documents")


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` gives, from another thread."""
    return await asyncio.get_running_loop().run_in_executor(_hands, partial(work, *args, **kwargs))
