"""Billers that a person may import to, and what can be imported there."""

from services.mapping import domain
from services.mapping.context import Context
from services.mapping.records import Biller, InvoiceType
from services.mapping.repository import billers, files
from services.mapping.usecases.access import biller_with_right
from services.mapping.views import BillerDetail, BillerItem, BillerList, InvoiceTypeItem, KindItem, ProblemItem
from shared.auth import Person


async def list_billers(context: Context, person: Person, words: str, limit: int) -> BillerList:
    async with context.database.connection() as connection:
        found = await billers.of_person(connection, person.subject, words, limit)
    return BillerList(items=[BillerItem.model_validate(biller) for biller in found])


async def show_biller(context: Context, person: Person, biller_id: int) -> BillerDetail:
    async with context.database.connection() as connection:
        biller, right = await biller_with_right(connection, person, biller_id)
        types = await billers.invoice_types(connection, biller_id)
        by_hint = await files.count_by_hint(connection, biller_id, domain.visible_files(right))
    visible = {hint: count for hint, count in by_hint.items() if hint in domain.visible_hints(right)}
    return BillerDetail.model_validate(
        {
            "id": biller.id,
            "name": biller.name,
            "permission": right.permission,
            "may_approve": right.may_approve,
            "linked_accounts": biller.linked_accounts,
            "invoice_types": [InvoiceTypeItem.model_validate(invoice_type) for invoice_type in types],
            "kinds": [_kind(offered) for offered in domain.kinds_offered(right, visible)],
            "secure_upload": visible,
        }
    )


async def find_biller(context: Context, person: Person, biller_id: int) -> Biller:
    async with context.database.connection() as connection:
        biller, _ = await biller_with_right(connection, person, biller_id)
    return biller


async def invoice_types(context: Context, biller_id: int) -> list[InvoiceType]:
    async with context.database.connection() as connection:
        return await billers.invoice_types(connection, biller_id)


def _kind(offered: domain.KindOffered) -> KindItem:
    reasons = [ProblemItem.model_validate(problem) for problem in offered.why_not]
    return KindItem(kind=offered.kind, offered=not reasons, why_not=reasons)
