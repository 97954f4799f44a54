"""The conversation with the mail server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

import aiosmtplib

_FOR_EVER: Final = 500
_PAST_REPLIES: Final = 600


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
