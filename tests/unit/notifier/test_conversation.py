"""Several emails share one connection to the mail server; after any trouble the next one has another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib
import pytest

from services.notifier.mailer.post_office import Conversation, Counter


class _Office:
    """Counts the connections that were opened, and those that are open."""

    def __init__(self) -> None:
        self.opened = self.open = 0

    @asynccontextmanager
    async def counter(self) -> AsyncIterator[Counter]:
        self.opened += 1
        self.open += 1
        try:
            yield Counter(aiosmtplib.SMTP(), "imports@example.com")
        finally:
            self.open -= 1


async def test_one_connection_is_shared_and_closed_at_the_end() -> None:
    office = _Office()
    async with Conversation(office) as conversation:
        assert office.opened == 0
        for _ in range(3):
            async with conversation.counter():
                assert (office.opened, office.open) == (1, 1)
        assert office.open == 1
    assert office.open == 0


async def test_after_trouble_another_one_is_opened() -> None:
    office = _Office()
    async with Conversation(office) as conversation:
        with pytest.raises(ConnectionError):
            async with conversation.counter():
                raise ConnectionError
        assert office.open == 0
        async with conversation.counter():
            assert (office.opened, office.open) == (2, 1)
    assert office.open == 0
