"""Together: questions that come while others are being answered are answered with one look, begun after they came."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")

MOST_AT_ONCE = 256


class Together(Generic[Question, Answer]):
    """`look` answers many questions, in their order. One look at a time; whoever asks meanwhile is in the next."""

    def __init__(self, look: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]]) -> None:
        self._look = look
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """What a look says that begins no sooner than now. What it raises, everybody in it gets."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answered))
        if self._looking is None:
            self._looking = asyncio.create_task(self._work())
        return await answered

    async def _work(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._answer([each for each in some if not each[1].done()])  # who hung up asks no more
        finally:
            self._looking = None

    async def _answer(self, some: Sequence[tuple[Question, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._look([question for question, _ in some])
        except Exception as error:
            for _, answered in some:
                if not answered.done():
                    answered.set_exception(error)
            return
        for (_, answered), answer in zip(some, answers, strict=True):
            if not answered.done():
                answered.set_result(answer)
