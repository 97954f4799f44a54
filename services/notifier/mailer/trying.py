"""How any mail is tried: claimed, written and handed in with a limit, then settled or tried again."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Protocol, TypeVar
from uuid import UUID

from services.notifier.mailer.post_office import is_for_ever, problem_of
from shared.logging import get_logger
from shared.messaging import import_span
from shared.postgres import Connection, Database

# The claim outlasts the try, so that no second sender takes the mail while this one is at it.
TRY_SECONDS: Final = 150
_LEASE: Final = timedelta(seconds=TRY_SECONDS + 30)

log = get_logger()


class Mail(Protocol):
    """A mail that is claimed."""

    @property
    def import_id(self) -> UUID: ...

    @property
    def attempts(self) -> int: ...


C = TypeVar("C", bound=Mail)


class RecipientGone(Exception):
    """The recipient was taken from the address book after the mail was queued."""


class NotWanted(Exception):
    """Nobody is to be told any more: the mail is dropped."""


class Kind(Protocol[C]):
    """A kind of mail, with its queue."""

    async def claim(self, connection: Connection, lease: timedelta) -> C | None: ...

    async def send(self, mail: C) -> None:
        """Raises NotWanted, RecipientGone, and whatever the mail server says."""

    async def mark_sent(self, connection: Connection, mail: C) -> None: ...

    async def drop(self, connection: Connection, mail: C) -> None: ...

    async def try_again(self, connection: Connection, mail: C, problem: str, *, for_ever: bool) -> str | None: ...

    def ids(self, mail: C) -> Mapping[str, object]:
        """What the log says of it."""


async def try_one(database: Database, kind: Kind[C]) -> bool:
    """Try one mail; False where none is due."""
    async with database.transaction() as connection:
        mail = await kind.claim(connection, _LEASE)
    if mail is None:
        return False
    async with import_span(database, "send mail", mail.import_id, attempt=mail.attempts):
        await _try(database, kind, mail)
    return True


async def _try(database: Database, kind: Kind[C], mail: C) -> None:
    try:
        async with asyncio.timeout(TRY_SECONDS):
            await kind.send(mail)
    except NotWanted:
        async with database.transaction() as connection:
            await kind.drop(connection, mail)
        log.info("mail_dropped", **kind.ids(mail))
    except Exception as error:  # noqa: BLE001 - a mail that cannot be built must not hold up those behind it
        await _note(database, kind, mail, error)
    else:
        async with database.transaction() as connection:
            await kind.mark_sent(connection, mail)
        log.info("mail_sent", **kind.ids(mail))


async def _note(database: Database, kind: Kind[C], mail: C, error: Exception) -> None:
    problem = problem_of(error)
    for_ever = is_for_ever(error) or isinstance(error, RecipientGone)
    async with database.transaction() as connection:
        state = await kind.try_again(connection, mail, problem, for_ever=for_ever)
    log.warning("mail_not_sent", **kind.ids(mail), problem=problem, state=state)
