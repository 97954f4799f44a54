"""How many streams of events one person may hold open: each costs a look at the database at every change."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus

from sse_starlette import ServerSentEvent

from shared.auth import Person
from shared.http import Problem


@dataclass(frozen=True, slots=True)
class Streams:
    """The open ones of this process, by person."""

    most: int = 20
    open: Counter[str] = field(default_factory=Counter)

    def require_room(self, person: Person) -> None:
        """Raise Problem where the person has as many as one may have."""
        if self.open[person.subject] >= self.most:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_streams",
                f"You follow {self.most} streams of events already",
                remedy="Close some of your pages",
            )

    async def counted(
        self, person: Person, stream: AsyncIterator[ServerSentEvent]
    ) -> AsyncGenerator[ServerSentEvent, None]:
        """The same stream, counted while it is open."""
        self.open[person.subject] += 1
        try:
            async for event in stream:
                yield event
        finally:
            self.open[person.subject] -= 1
            if not self.open[person.subject]:
                del self.open[person.subject]
