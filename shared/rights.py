"""What a person may import at a biller, as it stands in the CRM at this moment."""

from shared.contracts.rights import Right
from shared.postgres import Connection

# The row of the biller wins over the row for every biller, also where it permits less.
_RIGHT = """
    SELECT permission, may_approve, may_replace_owner, may_undo FROM crm.operator_right
    WHERE subject = $1 AND (biller_id = $2 OR biller_id IS NULL)
    ORDER BY biller_id NULLS LAST LIMIT 1
"""
_EVERYWHERE = """
    SELECT bool_or(biller_id IS NULL) AND bool_and(permission = 'all') FROM crm.operator_right WHERE subject = $1
"""


async def right_of(connection: Connection, subject: str, biller_id: int) -> Right | None:
    """The right of a person at a biller; None where there is none.

    It is read from the table each time and never from the token: withdrawn there, it bites at once.
    """
    row = await connection.fetchrow(_RIGHT, subject, biller_id)
    return None if row is None else Right(**row)


async def may_replace_owner(connection: Connection, subject: str, biller_id: int) -> bool:
    """Whether a person may put another owner in the place of an account's active one."""
    right = await right_of(connection, subject, biller_id)
    return right is not None and right.may_replace_owner


async def works_everywhere(connection: Connection, subject: str) -> bool:
    """Whether a person may import everything at every biller: who looks after the system, dead letters included.

    The row of a biller wins, so one that permits less anywhere takes this away.
    """
    return bool(await connection.fetchval(_EVERYWHERE, subject))
