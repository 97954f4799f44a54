"""The conversation with the mail server."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Final, Protocol, Self

import aiosmtplib

_FOR_EVER: Final = 500
_PAST_REPLIES: Final = 600


class Office(Protocol):
    """Where mails are handed in, whether each has a connection of its own or not."""

    def counter(self) -> AbstractAsyncContextManager["Counter"]: ...


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Where mails are handed in."""

    host: str
    port: int
    starttls: bool
    timeout_seconds: float
    sender: str
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None

    @asynccontextmanager
    async def counter(self) -> AsyncIterator["Counter"]:
        """A connection, signed in. With ``starttls`` a server without it is an error, never plain text."""
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            start_tls=self.starttls,
            cert_bundle=self.ca_file,
            timeout=self.timeout_seconds,
        )
        async with client:
            yield Counter(client, self.sender)


@dataclass(frozen=True, slots=True)
class Counter:
    """An open connection to the mail server."""

    client: aiosmtplib.SMTP
    sender: str

    async def hand_in(self, message: EmailMessage, recipient: str) -> None:
        """Returns when the server has taken the message."""
        await self.client.send_message(message, sender=self.sender, recipients=[recipient])


class Conversation:
    """One connection for several mails, open from the first on; after any trouble the next mail opens another."""

    def __init__(self, post_office: Office) -> None:
        self._post_office = post_office
        self._open = AsyncExitStack()
        self._counter: Counter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def counter(self) -> AsyncIterator[Counter]:
        if self._counter is None:
            self._counter = await self._open.enter_async_context(self._post_office.counter())
        try:
            yield self._counter
        except BaseException:
            self._counter = None
            await self._open.aclose()
            raise


def problem_of(error: Exception) -> str:
    """An SMTP code or the type of the error: the text of an error may hold an address."""
    code = _code_of(error)
    return type(error).__name__ if code is None else str(code)


def is_for_ever(error: Exception) -> bool:
    """Whether the server said that it will never take mail for this recipient; other troubles may pass."""
    refused = isinstance(error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPRecipientRefused)
    code = _code_of(error)
    return refused and code is not None and _FOR_EVER <= code < _PAST_REPLIES


def _code_of(error: Exception) -> int | None:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        return error.recipients[0].code
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
