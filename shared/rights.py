"""What a person may import at a biller, as it stands in the CRM at this moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.contracts.rights import Right
from shared.errors import Forbidden
from shared.postgres import Connection

# The row of the biller wins over the row for every biller, also where it permits less.
_RIGHT = """
    SELECT permission, may_approve, may_replace_owner, may_undo, may_operate, may_audit, may_manage_webhooks,
        may_edit_emails
    FROM crm.operator_right
    WHERE subject = $1 AND (biller_id = $2 OR biller_id IS NULL)
    ORDER BY biller_id NULLS LAST LIMIT 1
"""
# Who may import everything at every biller may operate, too: a row of a biller that permits less takes that away.
_OPERATES = """
    SELECT bool_or(biller_id IS NULL AND may_operate) OR bool_or(biller_id IS NULL) AND bool_and(permission = 'all')
    FROM crm.operator_right WHERE subject = $1
"""
# Nobody audits by another right: who looks after the system is watched, too.
_AUDITS = "SELECT bool_or(biller_id IS NULL AND may_audit) FROM crm.operator_right WHERE subject = $1"
_WEBHOOKS = "SELECT subject, biller_id, may_manage_webhooks FROM crm.operator_right WHERE subject = ANY ($1)"


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


async def may_operate(connection: Connection, subject: str) -> bool:
    """Whether a person looks after the system: sees what waits, pauses and resumes it, mends dead letters."""
    return bool(await connection.fetchval(_OPERATES, subject))


async def require_operator(connection: Connection, subject: str) -> None:
    """Refuse who does not look after the system: what stops it is seldom of one biller."""
    if not await may_operate(connection, subject):
        raise Forbidden(
            "F011",
            "Only people who may operate the system, or who may run every kind of import for every biller, can do this",
            "permission",
            "Ask an administrator for the right to operate the system",
        )


@dataclass(frozen=True, slots=True)
class WebhookRights:
    """Whose events a person may have sent to other systems."""

    of_billers: Mapping[int | None, bool]  # None: the row for every biller

    def cover(self, biller_id: int | None) -> bool:
        """Of a biller, or of every biller (None): then a row of a biller that permits less takes that away."""
        everywhere = self.of_billers.get(None, False)
        if biller_id is None:
            return everywhere and all(self.of_billers.values())
        return self.of_billers.get(biller_id, everywhere)


async def webhook_rights(connection: Connection, subject: str) -> WebhookRights:
    return (await webhook_rights_of(connection, [subject]))[subject]


async def webhook_rights_of(connection: Connection, subjects: Collection[str]) -> Mapping[str, WebhookRights]:
    """By subject, for those without any right, too."""
    found: dict[str, dict[int | None, bool]] = {subject: {} for subject in subjects}
    for row in await connection.fetch(_WEBHOOKS, list(subjects)):
        found[row["subject"]][row["biller_id"]] = row["may_manage_webhooks"]
    return {subject: WebhookRights(of_billers) for subject, of_billers in found.items()}


async def may_audit(connection: Connection, subject: str) -> bool:
    """Whether a person sees the audit trail: who did what at every biller."""
    return bool(await connection.fetchval(_AUDITS, subject))


async def require_auditor(connection: Connection, subject: str) -> None:
    if not await may_audit(connection, subject):
        raise Forbidden(
            "F011",
            "Only people who may audit can see the audit trail",
            "permission",
            "Ask an administrator for the right to audit",
        )
