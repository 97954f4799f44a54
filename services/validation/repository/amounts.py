"""What an import makes and changes of the things that a second person is asked for, and what others did before it."""

from typing import Final

from services.validation.subject import Subject
from shared.contracts.codes.names import CREATE, NOT_FOUND, OTHER_OWNER, REPLACE_OWNER
from shared.contracts.kinds import ImportKind
from shared.contracts.plan import Amounts
from shared.postgres import Connection

_CREATED: Final = "SELECT count(*) FROM decided WHERE code IS NULL AND customer_id IS NULL"
_APPLIED: Final = "SELECT count(*) FROM decided WHERE code IS NULL"
_OWNERS: Final = "SELECT count(*) FROM decided WHERE code IS NULL AND 'C232' = ANY (also)"

# What was approved without a second person, as planned: also of an import that was cancelled while it ran.
_BEFORE: Final = """
SELECT coalesce(sum((alone ->> 'customers')::bigint), 0)::bigint AS customers,
    coalesce(sum((alone ->> 'payment_methods')::bigint), 0)::bigint AS payment_methods,
    coalesce(sum((alone ->> 'owners')::bigint), 0)::bigint AS owners
FROM (
    SELECT impact -> 'without_second_person' AS alone
    FROM import_check
    WHERE biller_id = $1 AND import_id <> $2 AND checked_at > now() - make_interval(secs => $3)
        AND impact ? 'without_second_person'
) AS recent
"""
_DAY_SECONDS: Final = 86_400


async def planned(connection: Connection, subject: Subject) -> Amounts:
    customers = methods = owners = 0
    if subject.chose(NOT_FOUND, CREATE):
        customers = int(await connection.fetchval(_CREATED))
    match subject.kind:
        case ImportKind.AUTOPAY:  # each row to apply adds a method, or pins an enrollment to another one
            methods = int(await connection.fetchval(_APPLIED))
        case ImportKind.PAPERLESS:
            pass
        case ImportKind.REGISTRATION:
            if subject.chose(OTHER_OWNER, REPLACE_OWNER):
                owners = int(await connection.fetchval(_OWNERS))
    return Amounts(customers=customers, payment_methods=methods, owners=owners)


async def before(connection: Connection, subject: Subject, days: float) -> Amounts:
    """What the biller's other imports of these days did without a second person, whoever asked for them."""
    row = await connection.fetchrow(_BEFORE, subject.biller_id, subject.import_id, days * _DAY_SECONDS)
    return Amounts() if row is None else Amounts(**dict(row))
