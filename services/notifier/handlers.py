"""What each event does to the view. The messaging wrapper owns the transaction and the inbox.

Every event does the same: it causes a look at the tables of the other services, and the view follows them. Of the event
itself only its ids are used; the trail keeps it as its sender's outbox has it, which is what the wrapper hands on.
"""

from dataclasses import dataclass
from datetime import timedelta

from services.notifier.occasions import happened
from services.notifier.repository import customer_emails, events, facts, notices, webhooks
from services.notifier.standing import standing, verdict_phase
from shared.contracts.event import ImportEvent
from shared.contracts.events import EVENTS, CheckProgressed
from shared.logging import get_logger
from shared.messaging import Subscription
from shared.postgres import Connection

log = get_logger()


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers; ``mail_domain`` is the right side of the Message-ID of the mails they queue.

    ``held_later`` is how long the person has to decide on the pages before a mail asks for it. ``customers_after``: so
    long after the end of an import its customers are told; None: the CRM tells them.
    """

    mail_domain: str
    held_later: timedelta = timedelta(minutes=15)
    customers_after: timedelta | None = None

    async def on_import_event(self, connection: Connection, event: ImportEvent) -> None:
        before = await events.lock(connection, event.import_id)
        if before is None:
            log.warning("event_of_unknown_import", import_id=str(event.import_id), event_type=type(event).__name__)
            return
        is_news = await self._keep(connection, event)
        if await self._follow(connection, event, *before) or is_news:
            await events.touch(connection, event.import_id)

    async def _keep(self, connection: Connection, event: ImportEvent) -> bool:
        """What no other table says: that it was published, and how far a check was."""
        is_news = await events.append(connection, event)
        if isinstance(event, CheckProgressed):
            await events.keep_progress(connection, event)
        return is_news

    async def _follow(self, connection: Connection, event: ImportEvent, phase: int, verdict: int) -> bool:
        import_id = event.import_id
        known = await facts.read(connection, import_id)
        newest = verdict_phase(known)
        if newest is not None and newest > verdict:
            codes = await facts.check_codes(connection, import_id)
            await events.keep_verdict(connection, import_id, newest, known, codes)
        where = standing(known)
        changed = await events.stand(connection, import_id, where, known)
        if known.end is not None and where.phase > phase:
            await events.keep_result_codes(connection, import_id, await facts.result_codes(connection, import_id))
        if where.is_mailed and where.phase > phase:
            await events.queue_mails(connection, import_id, self.mail_domain)
            if self.customers_after is not None:
                await customer_emails.begin(connection, import_id, self.customers_after)
        if known.is_paused:
            await events.queue_mails_of_pause(connection, import_id, self.mail_domain)
        for what in happened(known, where, is_further=where.phase > phase):
            await notices.queue(connection, import_id, what, self.mail_domain, self.held_later)
            await webhooks.queue(connection, import_id, what, where, known)
        return changed


def subscriptions(handlers: Handlers) -> list[Subscription[ImportEvent]]:
    heard = [event for event in EVENTS if "notifier" in event.topic.consumers and issubclass(event, ImportEvent)]
    return [Subscription(event, handlers.on_import_event) for event in heard]
