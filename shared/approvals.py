"""What waits for a second person, for everybody who may be the one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

# As mapping decides it (services/mapping/usecases/deciding.py): everything but the second person is decided, by who
# asked having seen exactly what this check found, or else by who confirmed the check before this one or by a definition
# that names its decisions; and it was not returned since. A typed number is that of the choices as they are.
_RULE: Final = """
SELECT i.id, i.biller_id, i.kind, i.requester ->> 'subject' AS requester, own.asked_by, cells.corrected_by,
    seen.is_by_hand,
    greatest(
        (SELECT max(s.confirmed_at) FROM mapping.confirmation s WHERE s.import_id = i.id),
        (SELECT max(r.returned_at) FROM mapping.returned r WHERE r.import_id = i.id)
    ) AS answered_before
FROM mapping.import i
JOIN validation.import_check c ON c.import_id = i.id
LEFT JOIN mapping.decision d ON d.import_id = i.id AND d.code = 'C207'
LEFT JOIN mapping.confirmation f ON f.import_id = i.id AND f.check_no = c.check_no - 1
CROSS JOIN LATERAL (
    SELECT NOT EXISTS (
        SELECT FROM mapping.decision w JOIN validation.finding g USING (import_id, code)
        WHERE w.import_id = i.id AND w.code = 'C201' AND w.choice = 'continue'
            AND coalesce(w.typed_count, 0) <> CASE WHEN EXISTS (
                SELECT FROM mapping.decision n WHERE n.import_id = i.id AND n.code = 'C202' AND n.choice = 'create'
            ) THEN coalesce((c.impact ->> 'customers_missing')::int, 0) ELSE 0 END
    ) AS fits
) AS number
CROSS JOIN LATERAL (
    SELECT d.import_id IS NOT NULL AND number.fits AND NOT EXISTS (
        SELECT FROM unnest(c.undecided || '{{C207}}'::text[]) AS open (code)
        WHERE NOT EXISTS (
            SELECT FROM mapping.decision w JOIN validation.finding g USING (import_id, code)
            WHERE w.import_id = i.id AND w.code = open.code AND w.count_seen = g.count
        )
    ) AS is_by_hand
) AS seen
CROSS JOIN LATERAL (
    SELECT CASE WHEN seen.is_by_hand THEN d.decided_by ELSE coalesce(f.confirmed_by, i.requester ->> 'subject') END
        AS asked_by
) AS own
CROSS JOIN LATERAL (
    SELECT ARRAY(
        SELECT DISTINCT k.corrected_by FROM mapping.correction k
        WHERE k.import_id = i.id AND k.corrected_by IS NOT NULL
    ) AS corrected_by
) AS cells
{who}
WHERE {which} AND i.state = 'held' AND c.state = 'held'
    AND NOT EXISTS (SELECT FROM mapping.confirmation s WHERE s.import_id = i.id AND s.check_no = c.check_no)
    AND NOT EXISTS (SELECT FROM mapping.answered_check a WHERE a.import_id = i.id AND a.check_no = c.check_no)
    AND (seen.is_by_hand OR (
        'C207' = ANY (c.undecided) AND c.undecided <@ '{{C201,C207}}'
        AND ('C201' <> ALL (c.undecided) OR number.fits AND EXISTS (
            SELECT FROM mapping.decision w JOIN validation.finding g USING (import_id, code)
            WHERE w.import_id = i.id AND w.code = 'C201' AND w.choice = 'continue'
                AND coalesce(w.count_seen, g.count) >= g.count
        ))
        AND (f.import_id IS NOT NULL
            OR coalesce(coalesce(i.definition -> 'of', i.definition) ->> 'decide', 'ask') <> 'ask')
        AND NOT EXISTS (SELECT FROM mapping.answered_check a WHERE a.import_id = i.id AND a.check_no = c.check_no - 1)
        AND NOT EXISTS (SELECT FROM mapping.returned r WHERE r.import_id = i.id AND r.check_no = c.check_no)
    ))
"""
_ASKED: Final = _RULE.format(who="", which="i.id = ANY ($1::uuid[])")
_RIGHT: Final = """
CROSS JOIN LATERAL (
    SELECT r.permission, r.may_approve FROM crm.operator_right r
    WHERE r.subject = $1 AND (r.biller_id = i.biller_id OR r.biller_id IS NULL)
    ORDER BY r.biller_id NULLS LAST LIMIT 1
) AS may
"""
_MAY: Final = """
may.may_approve AND (may.permission = 'all' OR i.kind = 'paperless') AND i.requester ->> 'subject' <> $1
    AND own.asked_by <> $1 AND $1 <> ALL (cells.corrected_by)
"""
_WAITING: Final = _RULE.format(who=_RIGHT, which=_MAY) + "ORDER BY i.updated_at"
# Who may be the second person for an import of this kind, but for these people. The row of the biller wins over the row
# for every biller, as everywhere (shared/rights.py).
_APPROVERS: Final = """
SELECT r.subject, coalesce(nullif(p.name, ''), r.subject) AS name, coalesce(p.email, '') <> '' AS has_address,
    c.is_on IS NOT FALSE AS wants_email
FROM (
    SELECT DISTINCT ON (subject) subject, permission, may_approve FROM crm.operator_right
    WHERE biller_id = $1 OR biller_id IS NULL ORDER BY subject, biller_id NULLS LAST
) AS r
LEFT JOIN mapping.person p USING (subject)
LEFT JOIN notification.notice_choice c ON c.subject = r.subject AND c.occasion = 'needs_approval'
WHERE r.may_approve AND r.permission = ANY ($2::text[]) AND r.subject <> ALL ($3::text[]) ORDER BY name, subject
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval that somebody asks for; ``is_by_hand``: somebody who knew that a second person is needed.

    ``answered_before``: when the check was last confirmed or returned. It tells one wait from the next.
    """

    id: UUID
    biller_id: int
    kind: ImportKind
    requester: str
    asked_by: str
    corrected_by: Collection[str]
    is_by_hand: bool
    answered_before: datetime | None

    @property
    def own(self) -> frozenset[str]:
        """Who cannot be the second person."""
        return frozenset({self.requester, self.asked_by, *self.corrected_by})


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may approve; without an address it is not known where an email would reach them."""

    subject: str
    name: str
    has_address: bool
    wants_email: bool

    @property
    def is_told(self) -> bool:
        return self.has_address and self.wants_email


async def asked(connection: Connection, import_id: UUID) -> Asked | None:
    """What is asked for about this import; None where it waits for no second person."""
    row = await connection.fetchrow(_ASKED, [import_id])
    return None if row is None else Asked(**{**row, "kind": ImportKind(row["kind"])})


async def asked_of(connection: Connection, import_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these imports that wait for a second person, whoever that may be."""
    return [row["id"] for row in await connection.fetch(_ASKED, import_ids)]


async def waiting_for(connection: Connection, subject: str) -> list[UUID]:
    """The imports that this person may approve now, those that wait longest first."""
    return [row["id"] for row in await connection.fetch(_WAITING, subject)]


async def approvers(connection: Connection, biller_id: int, kind: ImportKind, but: Collection[str]) -> list[Approver]:
    """Everybody who may approve such an import, by name."""
    found = await connection.fetch(_APPROVERS, biller_id, list(kind.spec.permissions), list(but))
    return [Approver(**row) for row in found]
