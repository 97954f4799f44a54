"""What a mail tells of the second person, and whether it still tells its reader anything."""

from services.notifier.domain import Overview, State
from services.notifier.mailer.notice import NOBODY, SecondPerson
from services.notifier.occasions import Occasion
from services.notifier.repository import notices
from services.notifier.repository.facts import wait_of
from services.notifier.repository.notices import Notice
from services.notifier.repository.second_person import Answer, approval_of, return_of
from shared.approvals import Asked, approvers, asked
from shared.people import names_of
from shared.postgres import Connection

_STOPPED = frozenset({State.CANCELLING, State.CANCELLED})


async def second_person(connection: Connection, mail: Notice, overview: Overview) -> SecondPerson | None:
    """None where the mail is past, or not for its reader: somebody answered meanwhile, or the right was withdrawn."""
    match mail.occasion:
        case Occasion.NEEDS_APPROVAL | Occasion.HELD:
            asks = await asked(connection, mail.import_id)
            if asks is None:
                return NOBODY if mail.occasion is Occasion.HELD else None
            return await _asked(connection, mail, overview, asks)
        case Occasion.APPROVED:
            answer = await approval_of(connection, mail.import_id)
            return None if overview.state in _STOPPED else _answered(mail, answer)
        case Occasion.RETURNED:
            if await asked(connection, mail.import_id) is not None:
                return None
            return _answered(mail, await return_of(connection, mail.import_id))
        case _:
            return NOBODY


async def _asked(connection: Connection, mail: Notice, overview: Overview, asks: Asked) -> SecondPerson | None:
    able = await approvers(connection, asks.biller_id, asks.kind, asks.own)
    is_approver = mail.subject in {one.subject for one in able}
    if mail.occasion is Occasion.HELD:
        # Who asked knows, and who may approve has a mail of their own.
        knows = asks.is_by_hand and asks.asked_by == mail.subject
        if knows or (is_approver and await notices.is_wanted(connection, mail.subject, Occasion.NEEDS_APPROVAL)):
            return None
    elif not is_approver or wait_of(asks) != mail.place:
        return None
    names = await names_of(connection, [asks.asked_by])
    own = overview.requester_name if asks.asked_by == asks.requester else asks.asked_by
    others = tuple(one.name for one in able if one.subject != mail.subject)
    return SecondPerson(asked_by=names.get(asks.asked_by, own), others=others)


def _answered(mail: Notice, answer: Answer | None) -> SecondPerson | None:
    if answer is None or answer.at.isoformat() != mail.place:
        return None
    return SecondPerson(answered_by=answer.name)
