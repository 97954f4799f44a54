"""What an import leaves beside the records it changes: authorizations, and mails to customers. Section 5."""

from dataclasses import dataclass
from datetime import date

from tests.support.model.row import Row
from tests.support.model.state import CrmState, CustomerKey
from tests.support.model.together import World

ATTESTATION = 0
"""The line of the record that covers the whole import."""
_KIND = {"autopay": "mandate", "paperless": "consent"}


@dataclass(frozen=True, slots=True)
class Record:
    """An authorization, with the enrolments that name it."""

    kind: str
    customer: CustomerKey | None = None
    authorized_on: date | None = None
    channel: str | None = None
    reference: str | None = None
    evidence: frozenset[tuple[str, str]] = frozenset()
    attestation: str | None = None
    enrolments: frozenset[tuple[CustomerKey, str]] = frozenset()


def records(world: World) -> dict[int, Record]:
    """By line."""
    kind = _KIND.get(world.job.kind)
    applied = [row for row in world.rows if row.outcome == "applied"]
    if kind is None or not applied:
        return {}
    own = {row.line: _own(world, kind, row) for row in applied if row.permission.is_given}
    rest = frozenset(key for key, line in world.enrolled.items() if line not in own)
    return {ATTESTATION: Record(kind, attestation=world.job.options["attestation"], enrolments=rest)} | own


def _own(world: World, kind: str, row: Row) -> Record:
    given = row.permission
    enrolments = frozenset(key for key, line in world.enrolled.items() if line == row.line)
    customer = row.customer.key if row.customer else None
    evidence = frozenset(given.evidence.items())
    return Record(kind, customer, given.day, given.channel, given.reference, evidence, enrolments=enrolments)


def notices(world: World, after: CrmState) -> frozenset[tuple[str, str]]:
    """Login and template; nobody without an address is written to."""
    if not world.job.options.get("notify_customers"):
        return frozenset()
    return frozenset((login, template) for login, template in world.told if after.logins[login].email)
