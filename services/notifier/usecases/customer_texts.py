"""The texts of emails to a biller's customers: shown, changed, and tried with a real row."""

from dataclasses import replace
from uuid import UUID

from services.notifier.context import Context
from services.notifier.customer_email_views import CustomerEmailPreview, CustomerText, CustomerTexts
from services.notifier.customer_texts import (
    About,
    Facts,
    Text,
    example,
    is_broken,
    render,
    unknown_fields,
    values_of,
)
from services.notifier.repository import customer_emails, customer_texts, status
from services.notifier.repository.customer_texts import OwnText
from services.notifier.usecases.access import visible_import
from shared.audit import Act, record
from shared.auth import Person
from shared.contracts.rights import Right, allows
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.free_text import is_blank, refuse_secrets, refuse_unreadable
from shared.postgres import Connection
from shared.rights import right_of


async def show(context: Context, person: Person, biller_id: int) -> CustomerTexts:
    async with context.database.connection() as connection:
        name, _ = await _editable(connection, person, biller_id)
        own = await customer_texts.of_biller(connection, biller_id)
        is_off = await customer_emails.is_off(connection, biller_id)
    items = [_shown(about, own.get(about)) for about in About]
    return CustomerTexts(biller_id=biller_id, biller_name=name, is_on=not is_off, items=items)


async def switch(context: Context, person: Person, biller_id: int, *, on: bool) -> None:
    """Off: no customer of the biller is emailed, and what waits is stopped. Raises NotFound, Forbidden."""
    async with context.database.transaction() as connection:
        await _editable(connection, person, biller_id)
        await customer_emails.switch(connection, biller_id, person.subject, on=on)
        await record(connection, Act.EMAILS_SWITCHED, person.subject, biller_id=biller_id, detail={"on": on})


async def stop(context: Context, person: Person, import_id: UUID) -> None:
    """Send nothing more to the customers of an import. Raises NotFound, Conflict."""
    async with context.database.transaction() as connection:
        overview = await visible_import(connection, person, import_id)
        if not await customer_emails.stop(connection, import_id, person.subject):
            raise Conflict("no_emails_wait", "No emails to customers wait", "import id", "See the emails of the import")
        await record(connection, Act.EMAILS_STOPPED, person.subject, import_id=import_id, biller_id=overview.biller_id)


async def change(context: Context, person: Person, biller_id: int, about: About, text: Text | None) -> None:
    """Emails sent from now on have this text; None: the default. Raises NotFound, Forbidden, Invalid."""
    async with context.database.transaction() as connection:
        await _editable(connection, person, biller_id)
        if text is not None:
            refuse_faults(about, text)
        await customer_texts.save(connection, biller_id, about, text, person.subject)
        await record(
            connection,
            Act.EMAIL_TEXT_CHANGED,
            person.subject,
            biller_id=biller_id,
            detail={"text": about.value, "is_default": text is None},
        )


async def preview(context: Context, person: Person, biller_id: int, about: About, text: Text) -> CustomerEmailPreview:
    """The text with the values of a real row, if the person may see rows of this kind; emails are masked."""
    refuse_faults(about, text)
    async with context.database.transaction() as connection:
        name, right = await _editable(connection, person, biller_id)
        found = await _recent(connection, person, right, biller_id, about)
    import_id, facts = found or (None, example(biller_id, name))
    if about is About.EMAIL_CHANGED and facts.former_email is None:
        facts = replace(facts, former_email=example(biller_id, name).former_email)
    filled = render(text, values_of(about, facts, masked=True))
    return CustomerEmailPreview(subject=filled.subject, body=filled.body, import_id=import_id)


def refuse_faults(about: About, text: Text) -> None:
    """Raises Invalid for the first thing that is wrong with the text, with its place and the remedy."""
    for place, given in (("subject", text.subject), ("body", text.body)):
        if is_blank(given):
            raise Invalid("email_text_empty", f"The {place} is empty", place, "Enter a text, or use the default text")
        refuse_unreadable(place, given)
        if is_broken(given):
            raise Invalid(
                "email_field_broken",
                "Braces are not closed, or not opened",
                place,
                "Write fields as {{ biller_name }}, with two braces on each side",
            )
        if unknown := unknown_fields(about, given):
            raise Invalid(
                "email_field_unknown",
                f"There is no field “{unknown[0][:60]}” in this email",
                place,
                f"Use {', '.join(about.spec.fields)}",
            )
        refuse_secrets(place, given)


async def _recent(
    connection: Connection, person: Person, right: Right, biller_id: int, about: About
) -> tuple[UUID, Facts] | None:
    kind = about.spec.kind
    found = await customer_texts.recent(connection, biller_id, kind) if allows(right, kind) else None
    facts = await customer_texts.facts_of(connection, *found) if found else None
    if found is None or facts is None:
        return None
    import_id, _ = found
    await record(
        connection,
        Act.ROWS_SEEN,
        person.subject,
        import_id=import_id,
        biller_id=biller_id,
        detail={"what": "email preview", "count": 1},
    )
    return import_id, facts


async def _editable(connection: Connection, person: Person, biller_id: int) -> tuple[str, Right]:
    right = await right_of(connection, person.subject, biller_id)
    name = await status.biller_name(connection, biller_id)
    if right is None or name is None:
        raise NotFound(
            "not_found", "No such biller", "biller_id", "Check the address, or ask an administrator for access"
        )
    if not right.may_edit_emails:
        raise Forbidden(
            "F011",
            "Only people who may edit emails to customers can do this",
            "permission",
            "Ask an administrator for the right to edit emails to customers",
        )
    return name, right


def _shown(about: About, own: OwnText | None) -> CustomerText:
    spec = about.spec
    text = own.text if own and own.text else spec.default
    return CustomerText(
        about=about,
        title=spec.title,
        hint=spec.hint,
        kind=spec.kind,
        subject=text.subject,
        body=text.body,
        is_default=own is None or own.text is None,
        fields={field: field.words for field in spec.fields},
        changed_by=own.changed_by if own else None,
        changed_at=own.changed_at if own else None,
    )
