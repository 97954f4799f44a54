"""Tells people of imports that they asked for, watch or may approve, as they chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.notifier.domain import Overview
from services.notifier.links import Links
from services.notifier.mailer.message import MessageWriter
from services.notifier.mailer.notice import notice_of
from services.notifier.mailer.post_office import PostOffice
from services.notifier.mailer.second_person import second_person
from services.notifier.mailer.trying import NotWanted, RecipientGone, try_one
from services.notifier.occasions import Occasion
from services.notifier.repository import notices, status
from services.notifier.repository.notices import Notice
from services.notifier.unsubscribing import Unsubscribing
from shared.contracts.rights import allows
from shared.postgres import Connection, Database
from shared.rights import right_of


@dataclass(frozen=True, slots=True)
class Notices:
    database: Database
    post_office: PostOffice
    writer: MessageWriter
    links: Links
    unsubscribing: Unsubscribing

    async def step(self) -> bool:
        return await try_one(self.database, self)

    async def claim(self, connection: Connection, lease: timedelta) -> Notice | None:
        return await notices.claim(connection, lease)

    async def send(self, mail: Notice) -> None:
        """Whether somebody is told, and may be, is asked now: a mail may wait for days."""
        async with self.database.connection() as connection:
            overview = await status.find_import(connection, mail.import_id)
            if overview is None or not await _may_be_told(connection, mail, overview):
                raise NotWanted
            second = await second_person(connection, mail, overview)
            if second is None:
                raise NotWanted
            address = await notices.address_of(connection, mail.subject)
        if address is None:
            raise RecipientGone
        token = self.unsubscribing.token(mail.subject, mail.occasion)
        notice = notice_of(overview, mail.occasion, second, self.links, token)
        message = self.writer.write_notice(notice, address, mail.message_id)
        async with self.post_office.counter() as counter:
            await counter.hand_in(message, address)

    async def mark_sent(self, connection: Connection, mail: Notice) -> None:
        await notices.mark_sent(connection, mail)

    async def drop(self, connection: Connection, mail: Notice) -> None:
        await notices.drop(connection, mail)

    async def try_again(self, connection: Connection, mail: Notice, problem: str, *, for_ever: bool) -> str | None:
        return await notices.try_again(connection, mail, problem, for_ever=for_ever)

    def ids(self, mail: Notice) -> Mapping[str, object]:
        return {"import_id": str(mail.import_id), "occasion": mail.occasion.value, "attempts": mail.attempts}


async def _may_be_told(connection: Connection, mail: Notice, overview: Overview) -> bool:
    if _is_past(mail, overview) or not await notices.is_wanted(connection, mail.subject, mail.occasion):
        return False
    return allows(await right_of(connection, mail.subject, overview.biller_id), overview.kind)


def _is_past(mail: Notice, overview: Overview) -> bool:
    state = mail.occasion.state
    return state is not None and (overview.state is not state or _place(overview, mail) != mail.place)


def _place(overview: Overview, mail: Notice) -> str:
    """Which check holds it now, or since when it waits."""
    match mail.occasion:
        case Occasion.HELD:
            return str(overview.check_no)
        case Occasion.WAITING:
            return overview.waiting_since.isoformat() if overview.waiting_since else ""
        case _:
            return mail.place
