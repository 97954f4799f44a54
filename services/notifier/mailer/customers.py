"""Emails customers about what an import changed, once it has ended and nothing of it is about to be undone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import Final

from services.notifier.customer_texts import email_to
from services.notifier.mailer.message import MessageWriter
from services.notifier.mailer.post_office import Conversation, Office
from services.notifier.mailer.trying import NotWanted, try_one
from services.notifier.repository import customer_emails, customer_texts
from services.notifier.repository.customer_emails import Claim
from services.notifier.usecases.bounces import bounced
from shared.postgres import Connection, Database

_AT_A_TIME_SECONDS: Final = 10.0  # then the worker says that it lives, and looks for what has become due


@dataclass(frozen=True, slots=True)
class Customers:
    """``domain`` is the right side of the Message-IDs."""

    database: Database
    post_office: Office
    writer: MessageWriter
    domain: str

    async def step(self) -> bool:
        async with self.database.transaction() as connection:
            if await customer_emails.read_some(connection, self.domain):
                return True
        return await self._send_some()

    async def _send_some(self) -> bool:
        """Those that are due, over one connection to the mail server; False where none is."""
        until = monotonic() + _AT_A_TIME_SECONDS
        found = False
        async with Conversation(self.post_office) as conversation:
            over_one = replace(self, post_office=conversation)
            while monotonic() < until and await try_one(self.database, over_one):
                found = True
        return found

    async def claim(self, connection: Connection, lease: timedelta) -> Claim | None:
        return await customer_emails.claim(connection, lease)

    async def send(self, mail: Claim) -> None:
        """Text and address are those of now: an email may wait for days."""
        async with self.database.connection() as connection:
            facts = await customer_texts.facts_of(connection, mail.import_id, mail.login_id)
            if facts is None:
                raise NotWanted
            own = await customer_texts.of_biller(connection, facts.biller_id)
        texts = {about: one.text for about, one in own.items() if one.text is not None}
        email = email_to(mail.receiver, mail.about, facts, texts)
        if email is None:
            raise NotWanted
        message = self.writer.write_to_customer(email, mail.message_id)
        async with self.database.transaction() as connection:
            await customer_emails.keep_address(connection, mail, email.address)
        async with self.post_office.counter() as counter:
            await counter.hand_in(message, email.address)

    async def mark_sent(self, connection: Connection, mail: Claim) -> None:
        await customer_emails.mark_sent(connection, mail)

    async def drop(self, connection: Connection, mail: Claim) -> None:
        await customer_emails.drop(connection, mail)

    async def try_again(self, connection: Connection, mail: Claim, problem: str, *, for_ever: bool) -> str | None:
        state = await customer_emails.try_again(connection, mail, problem, for_ever=for_ever)
        if for_ever and state is not None:
            await bounced(connection, mail.message_id, state)  # the mail server said at once what others report later
        return state

    def ids(self, mail: Claim) -> Mapping[str, object]:
        return {"import_id": str(mail.import_id), "login_id": mail.login_id, "attempts": mail.attempts}
