"""The address book: who can get logs of imports at a biller."""

from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from services.mapping.context import Context
from services.mapping.repository import recipients
from services.mapping.usecases.access import biller_with_right
from services.mapping.views import LONGEST_EMAIL, RecipientItem, RecipientList
from shared.audit import Act, record
from shared.auth import Person
from shared.csvfile import find_card_in_text
from shared.errors import Invalid, NotFound
from shared.logging import get_logger

log = get_logger()


async def list_recipients(context: Context, person: Person, biller_id: int) -> RecipientList:
    async with context.database.connection() as connection:
        await biller_with_right(connection, person, biller_id)
        found = await recipients.list_recipients(connection, biller_id)
    return RecipientList(items=[RecipientItem.model_validate(recipient) for recipient in found])


async def add_recipient(context: Context, person: Person, biller_id: int, email: str) -> RecipientItem:
    async with context.database.transaction() as connection:
        await biller_with_right(connection, person, biller_id)
        added = await recipients.add(connection, biller_id, _valid(email), person.subject)
        await record(
            connection, Act.RECIPIENT_ADDED, person.subject, biller_id=biller_id, detail={"recipient_id": str(added.id)}
        )
    return RecipientItem.model_validate(added)


async def remove_recipient(context: Context, person: Person, biller_id: int, recipient_id: UUID) -> None:
    async with context.database.transaction() as connection:
        await biller_with_right(connection, person, biller_id)
        is_gone = await recipients.remove(connection, biller_id, recipient_id)
        if is_gone:
            await record(
                connection,
                Act.RECIPIENT_REMOVED,
                person.subject,
                biller_id=biller_id,
                detail={"recipient_id": str(recipient_id)},
            )
    if not is_gone:
        raise NotFound("recipient_not_found", "No such entry in the address book", "recipient_id", "Reload the list")
    log.info("log_recipient_removed", biller_id=biller_id, detail={"recipient_id": str(recipient_id)})


def _valid(email: str) -> str:
    """The address as a mail server takes it: an international domain in punycode, no letters beyond ASCII before it."""
    if find_card_in_text(email):
        raise Invalid("F008", "The email address contains a card number", "email", "Correct the address")
    if len(email) > LONGEST_EMAIL:
        words = f"The email address has {len(email):,} characters; at most {LONGEST_EMAIL} fit"
        raise Invalid("invalid_email", words, "email", "Correct the address")
    try:
        checked = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise Invalid("invalid_email", "The email address is not valid", "email", "Correct the address") from None
    if checked.ascii_email is None:
        raise Invalid("invalid_email", "Email can't be sent to this address", "email", "Enter another address")
    return checked.ascii_email
