"""How many streams of events one person may hold open: each costs a look at the database at every change."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import TypeVar

from shared.auth import Person
from shared.errors import TooMany

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Streams:
    """The open ones of this process, by person."""

    most: int = 20
    open: Counter[str] = field(default_factory=Counter)

    def require_room(self, person: Person) -> None:
        """Raise TooMany where the person has as many as one may have."""
        if self.open[person.subject] >= self.most:
            raise TooMany(
                "too_many_streams",
                f"You already have {self.most} event streams open",
                remedy="Close some pages and try again",
            )

    async def counted(self, person: Person, stream: AsyncIterator[T]) -> AsyncGenerator[T, None]:
        self.open[person.subject] += 1
        try:
            async for event in stream:
                yield event
        finally:
            self.open[person.subject] -= 1
            if not self.open[person.subject]:
                del self.open[person.subject]
