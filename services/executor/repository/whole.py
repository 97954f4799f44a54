"""What the whole import depends on, looked at again before each chunk: biller, invoice types, day, and rights.

These records are not locked: many chunks on end would keep whoever wants to change them waiting. A change bites with
the next chunk, as a cancellation does.
"""

from datetime import date
from typing import Final

from services.executor.domain import ChunkContents, Job
from shared.contracts.rights import allows
from shared.postgres import Connection
from shared.rights import may_replace_owner, right_of

DECIDERS: Final = "right of a person who decided"

# The plan of a check that did not keep what it saw is compared with nothing but what every plan needs.
_CHANGED: Final = """
    SELECT array_remove(ARRAY[
        CASE WHEN b.status <> 'active' THEN 'biller closed' END,
        CASE
            WHEN c.seen_biller <> validation.seen_biller_1(
                b.login_realm_id, b.account_number_case, b.mcl_enabled, b.paperless_confirm_required, n.name
            ) AND c.seen_settings IS DISTINCT FROM validation.seen_biller_2(
                c.seen_biller, c.kind, b.login_realm_id, b.account_number_case, b.mcl_enabled,
                b.paperless_confirm_required, n.name
            ) THEN 'biller settings'
        END,
        CASE
            WHEN c.seen_types <> $2::bigint[]
                OR cardinality($2::bigint[]) <> (
                    SELECT count(*) FROM crm.invoice_type t
                    WHERE t.id = ANY ($2::bigint[]) AND t.biller_id = c.biller_id AND t.active
                        AND CASE c.kind WHEN 'autopay' THEN t.autopay_allowed ELSE t.paperless_allowed END
                )
                OR cardinality($2::bigint[]) <> jsonb_array_length(coalesce(i.definition -> 'invoice_types', '[]'))
            THEN 'invoice types'
        END,
        -- An import that has begun goes on past midnight; after a pause it begins again.
        CASE
            WHEN c.kind = 'autopay' AND $3::date < $4::date AND NOT EXISTS (
                SELECT FROM chunk k JOIN job j ON j.import_id = k.import_id
                WHERE k.import_id = $1 AND k.state = 'applied' AND (k.counts ->> 'applied')::int > 0
                    AND (j.continued_at IS NULL OR k.applied_at >= j.continued_at)
            ) THEN 'effective date is past'
        END
    ], NULL)
    FROM validation.import_check c
    JOIN mapping.import i ON i.id = c.import_id
    JOIN crm.biller b ON b.id = c.biller_id
    CROSS JOIN LATERAL (SELECT CASE WHEN i.definition -> 'columns' ? 'biller_name' THEN b.name END AS name) AS n
    WHERE c.import_id = $1
"""

_DECIDERS: Final = """
    SELECT decided_by AS subject, false AS is_second FROM mapping.decision WHERE import_id = $1
    UNION
    SELECT approved_by, true FROM mapping.decision WHERE import_id = $1 AND approved_by IS NOT NULL
    UNION
    SELECT f.confirmed_by, false
    FROM mapping.confirmation f JOIN validation.import_check c ON c.import_id = f.import_id
    WHERE f.import_id = $1 AND f.check_no = c.check_no - 1
"""

# Who answered to replace owners; an answer given in advance is the requester's.
_REPLACER: Final = """
    SELECT decided_by FROM mapping.decision WHERE import_id = $1 AND code = 'C232' AND choice = 'replace_owner'
"""

_REPLACING: Final = "SELECT DISTINCT leader_line FROM work_row WHERE owner_id IS NOT NULL AND link_role IS NULL"


async def changed(connection: Connection, job: Job, today: date) -> list[str]:
    found: list[str] = await connection.fetchval(
        _CHANGED, job.import_id, job.invoice_type_ids, job.effective_date, today
    )
    return found if await may_decide(connection, job) else [*found, DECIDERS]


async def unlawful(connection: Connection, job: Job, contents: ChunkContents) -> list[int]:
    """The groups that replace an owner, where who answered so has lost the right to it."""
    if not contents.replaces_owners:
        return []
    decider: str | None = await connection.fetchval(_REPLACER, job.import_id)
    if await may_replace_owner(connection, decider or job.subject, job.biller_id):
        return []
    return [row["leader_line"] for row in await connection.fetch(_REPLACING)]


async def may_decide(connection: Connection, job: Job) -> bool:
    """Whether all who answered, confirmed or approved might still do so."""
    for person in await connection.fetch(_DECIDERS, job.import_id):
        right = await right_of(connection, person["subject"], job.biller_id)
        if right is None or not allows(right, job.kind):
            return False
        if person["is_second"] and not right.may_approve:
            return False
        if job.undoes and not person["is_second"] and not right.may_undo:
            return False
    return True
