"""What the plan says in sum: counts by verdict and code, and the impact shown before anybody confirms."""

from collections.abc import Mapping
from typing import Any, Final

from services.validation.repository import amounts, collection
from services.validation.repository.checks import Finding
from services.validation.repository.tables import WorkingTables
from services.validation.subject import Subject
from shared.contracts.codes.names import NOT_FOUND
from shared.contracts.kinds import ImportKind
from shared.contracts.plan import Impact, Verdict
from shared.postgres import Connection

_OTHERS_NAMED: Final = 20
_METHODS_SHOWN: Final = 5
_SAMPLES: Final = 1_000  # of rarer codes every line, so that their rows are found at once

_VERDICTS: Final = "SELECT verdict, sum(rows)::bigint AS rows FROM tally GROUP BY verdict"

_CODES: Final = """
SELECT found.code, sum(t.rows)::bigint AS rows,
    ARRAY(
        SELECT line
        FROM tally o, unnest(o.lines) AS line
        WHERE found.code = ANY (o.codes)
        ORDER BY line
        LIMIT $1
    ) AS lines
FROM tally t, unnest(t.codes) AS found (code)
GROUP BY found.code
"""

# C202 counts the rows not found, followers too, whatever was decided.
_NOT_FOUND: Final = """
SELECT count(*) AS rows, (array_agg(line_no ORDER BY line_no))[1:$1] AS lines
FROM (
    SELECT line_no FROM lookup WHERE customer_id IS NULL
    UNION ALL
    SELECT a.line_no
    FROM not_leading a
    JOIN lookup x ON x.line_no = a.leader
    WHERE a.code IS NULL AND x.customer_id IS NULL
) AS missing
"""

_LOGINS: Final = """
SELECT count(*) FILTER (WHERE customer_id IS NULL) AS customers_to_create,
       count(*) FILTER (WHERE login_action IN ('create_shell', 'create_invited')) AS logins_to_create,
       count(*) FILTER (WHERE login_action IN ('update_email', 'claim')) AS logins_to_change,
       count(*) AS customers_touched  -- each row to apply is another account
FROM decided
WHERE code IS NULL
"""

_NEW_METHODS: Final = "SELECT count(*) FROM decided WHERE code IS NULL AND payment_method_id IS NULL"

# C204: each login is looked up among what the few imports of these days did, however many there were before; in order,
# so that a page of the index is read once.
_CHANGED_LOGIN: Final = """
SELECT DISTINCT login_id
FROM decided
WHERE code IS NULL AND login_action IN ('update_email', 'claim')
ORDER BY login_id
"""
# Counted, so that both are looked up by the key of each import, whatever the planner would rather read as a whole.
_RECENT: Final = """
SELECT j.import_id, k.chunks > 0 AS is_undone
FROM execution.job j
CROSS JOIN LATERAL (
    SELECT count(*) AS chunks FROM execution.chunk WHERE import_id = j.import_id AND undone > 0
) AS k
CROSS JOIN LATERAL (
    SELECT count(*) AS checks FROM import_check WHERE import_id = j.import_id AND undoes IS NOT NULL
) AS c
WHERE j.biller_id = $1 AND j.import_id <> $2 AND j.finished_at > now() - interval '30 days' AND c.checks = 0
"""
# Whether a row was undone stands in no index: it is asked only of imports of which some were.
_TOUCHED: Final = """
SELECT count(*)
FROM changed_login c
CROSS JOIN LATERAL (
    SELECT
    FROM execution.row_result r
    WHERE r.login_id = c.login_id AND r.import_id = ANY ($1::uuid[]) AND r.outcome = 'applied'
    UNION ALL
    SELECT
    FROM execution.row_result r
    WHERE r.login_id = c.login_id AND r.import_id = ANY ($2::uuid[]) AND r.outcome = 'applied'
        AND r.undone_by IS NULL
    LIMIT 1
) AS touched
"""

_BLOCKED: Final = """
SELECT coalesce(sum(rows), 0)::bigint
FROM tally
WHERE verdict = 'failed'
    OR verdict = 'held' AND EXISTS (SELECT FROM unnest(codes) AS code WHERE code LIKE 'R%')
"""

_ALREADY_AUTOPAY: Final = """
SELECT t.position, count(*) AS rows
FROM decided d
JOIN seen_type t ON t.customer_id = d.customer_id
WHERE d.code IS NULL AND t.same
GROUP BY t.position
"""

_ALREADY_PAPERLESS: Final = """
SELECT t.position, count(*) AS rows
FROM decided d
JOIN seen_type t ON t.customer_id = d.customer_id
WHERE d.code IS NULL AND (t.same_by_address OR t.same_by_login AND d.by_delivery IS NOT TRUE)
GROUP BY t.position
"""

_CHANGED_AUTOPAY: Final = """
SELECT t.position, count(*) AS rows
FROM decided d
JOIN seen_type t ON t.customer_id = d.customer_id
WHERE d.code IS NULL AND t.changes
GROUP BY t.position
"""

_CHANGED_PAPERLESS: Final = """
SELECT t.position, count(*) AS rows
FROM decided d
JOIN seen_type t ON t.customer_id = d.customer_id
WHERE d.code IS NULL AND t.goes_on AND NOT (t.same_by_address IS TRUE OR t.same_by_login AND d.by_delivery IS NOT TRUE)
GROUP BY t.position
"""

# Who need not confirm (paperless-12): rows with a consent date, where the biller does not ask for it all the same, and
# rows whose enrollments all continue. Most files have neither, so that nothing is looked up for each row.
_CONFIRMED: Final = """
SELECT count(*)
FROM (
    SELECT d.line_no
    FROM staged s
    JOIN decided d ON d.line_no = s.line_no
    WHERE s.authorized_on IS NOT NULL AND d.code IS NULL
        AND NOT (SELECT paperless_confirm_required FROM crm.biller WHERE id = $1)
    UNION
    SELECT d.line_no
    FROM (SELECT customer_id, count(*) AS types FROM seen_type WHERE goes_on GROUP BY customer_id) AS going
    JOIN decided d ON d.customer_id = going.customer_id
    WHERE d.code IS NULL AND going.types = (SELECT count(*) FROM chosen_type)
) AS confirmed
"""

# C215, C246: which method takes the place of which, as people may see them.
_REPLACED: Final = """
SELECT d.replaced_method || ' → ' || concat_ws(
        ' ••••', CASE s.method_kind WHEN 'card' THEN 'card' ELSE 'bank account' END,
        coalesce(s.account_last4, s.card_last4)
    ) AS methods,
    count(*) AS rows
FROM decided d
JOIN staged s ON s.line_no = d.line_no
WHERE d.replaced_method IS NOT NULL AND (d.code = $1 OR $1 = ANY (d.also))
GROUP BY methods
ORDER BY min(d.line_no)
LIMIT $2
"""

# Accounts no row names that get the new email with their login.
_REACHED: Final = """
SELECT coalesce(sum(others), 0) FROM changing WHERE choice = 'update_login' AND reaches_others
"""

# C223: accounts that no row left over names and that share the login of one that does.
_OTHERS: Final = """
SELECT c.account_number, count(*) OVER () AS accounts
FROM changing g
JOIN crm.customer_login_link k ON k.login_id = g.login_id AND k.role = 'owner'
JOIN crm.customer c ON c.id = k.customer_id
WHERE g.reaches_others AND NOT EXISTS (
    SELECT
    FROM lookup f
    LEFT JOIN seen s ON s.customer_id = f.customer_id
    WHERE f.customer_id = c.id AND f.code IS NULL AND s.refused IS NOT TRUE
)
ORDER BY c.account_number
LIMIT $1
"""

# W320: of the customers that are enrolled, how many have a bill of each type, and how many have one of every type.
_BILLED: Final = """
SELECT d.customer_id, t.position
FROM decided d
JOIN crm.invoice i ON i.customer_id = d.customer_id
JOIN chosen_type t ON t.invoice_type_id = i.invoice_type_id
WHERE d.code IS NULL OR d.code = 'W333'
GROUP BY d.customer_id, t.position
"""
_ENROLLED: Final = """
SELECT coalesce(sum(rows), 0)::bigint FROM tally
WHERE verdict = 'apply' OR verdict = 'no_change' AND NOT 'W331' = ANY (codes)
"""
_BILLED_BY_TYPE: Final = "SELECT position, count(*) AS rows FROM billed GROUP BY position"
_BILLED_ALL: Final = """
SELECT count(*) FROM (SELECT FROM billed GROUP BY customer_id HAVING count(*) = $1) AS complete
"""


# notice-1 to notice-4: to whom the executors will queue an email, one however many rows a login has.
_EMAILED: Final[Mapping[ImportKind, str]] = {
    ImportKind.AUTOPAY: """
        SELECT count(DISTINCT coalesce(d.login_id, -d.line_no))
        FROM decided d JOIN staged s ON s.line_no = d.line_no
        WHERE d.code IS NULL AND CASE WHEN d.login_id IS NULL THEN s.email ELSE d.login_email END IS NOT NULL
    """,
    ImportKind.PAPERLESS: """
        SELECT count(DISTINCT coalesce(d.login_id, -d.line_no))
        FROM decided d
        JOIN staged s ON s.line_no = d.line_no
        LEFT JOIN (
            SELECT customer_id, count(*) AS types FROM seen_type WHERE goes_on GROUP BY customer_id
        ) AS going ON going.customer_id = d.customer_id
        WHERE d.code IS NULL
            AND CASE WHEN d.login_action IN ('create_shell', 'update_email') THEN s.email ELSE d.login_email END
                IS NOT NULL
            AND (d.login_action = 'update_email' OR coalesce(going.types, 0) < (SELECT count(*) FROM chosen_type))
    """,
    ImportKind.REGISTRATION: """
        SELECT count(DISTINCT coalesce(d.login_id::text, 'made for ' || d.made_for, 'line ' || d.line_no))
        FROM decided d
        WHERE d.code IS NULL
    """,
}


async def planned_counts(connection: Connection) -> dict[str, int]:
    rows = await connection.fetch(_VERDICTS)
    return {Verdict(row["verdict"]).outcome: row["rows"] for row in rows}


async def row_findings(connection: Connection, missing: int) -> dict[str, Finding]:
    """The codes on the rows; ``missing`` is how many leading rows were not found."""
    rows = await connection.fetch(_CODES, _SAMPLES)
    found = {row["code"]: Finding(row["code"], row["rows"], {}, row["lines"]) for row in rows}
    if missing:
        row = (await connection.fetch(_NOT_FOUND, _SAMPLES))[0]
        found[NOT_FOUND] = Finding(NOT_FOUND, row["rows"], {}, row["lines"])
    return found


async def others_reached(connection: Connection) -> dict[str, Any]:
    """C223: the accounts outside the file that a change of login would reach, the first of them by number."""
    rows = await connection.fetch(_OTHERS, _OTHERS_NAMED)
    return {"accounts": rows[0]["accounts"] if rows else 0, "first": [row["account_number"] for row in rows]}


async def replaced_methods(connection: Connection, code: str) -> dict[str, int]:
    """The first payment methods that rows with this code would replace, before and after, masked."""
    rows = await connection.fetch(_REPLACED, code, _METHODS_SHOWN)
    return {row["methods"]: row["rows"] for row in rows}


async def touched_before(work: WorkingTables, subject: Subject) -> int:
    """C204: logins this import would change that another of the last 30 days touched, and that was not undone."""
    recent = await work.connection.fetch(_RECENT, subject.biller_id, subject.import_id)
    if not recent or not await work.make("changed_login", _CHANGED_LOGIN):
        return 0
    whole, undone = ([row["import_id"] for row in recent if row["is_undone"] is one] for one in (False, True))
    return int(await work.connection.fetchval(_TOUCHED, whole, undone))


async def blocked(connection: Connection) -> int:
    """C205: rows that failed or that an R code holds."""
    return int(await connection.fetchval(_BLOCKED))


async def emailed(connection: Connection, subject: Subject) -> int:
    return int(await connection.fetchval(_EMAILED[subject.kind]))


async def impact(work: WorkingTables, subject: Subject, nameable: int, customers: int) -> Impact:
    """What the import would do, in numbers; ``customers`` is how many the biller has."""
    connection = work.connection
    [counts] = await connection.fetch(_LOGINS)
    applied: int = counts["customers_touched"]
    shown: dict[str, Any] = {**counts, "customers_missing": nameable, "customers_of_biller": customers}
    match subject.kind:
        case ImportKind.AUTOPAY:
            statement, changed = _ALREADY_AUTOPAY, _CHANGED_AUTOPAY
            shown["payment_methods_to_add"] = int(await connection.fetchval(_NEW_METHODS))
            shown["first_collection"] = await collection.forecast(connection, applied, subject.effective_date)
        case ImportKind.PAPERLESS:
            statement, changed = _ALREADY_PAPERLESS, _CHANGED_PAPERLESS
            shown["linked_accounts_reached"] = int(await connection.fetchval(_REACHED))
            shown["customers_to_confirm"] = applied - await connection.fetchval(_CONFIRMED, subject.biller_id)
        case ImportKind.REGISTRATION:
            return Impact(**shown, owners_to_replace=(await amounts.planned(connection, subject)).owners)
    already = {row["position"]: row["rows"] for row in await connection.fetch(statement)}
    positions = list(enumerate(subject.invoice_types, start=1))
    shown["enrolments"] = {code: applied - already.get(position, 0) for position, code in positions}
    moving = {row["position"]: row["rows"] for row in await connection.fetch(changed)}
    shown["enrollments_changed"] = {code: moving[position] for position, code in positions if position in moving}
    return Impact(**shown, **await _without_invoice(work, subject, positions))


async def _without_invoice(work: WorkingTables, subject: Subject, positions: list[tuple[int, str]]) -> dict[str, Any]:
    connection = work.connection
    await work.make("billed", _BILLED)
    enrolled = await connection.fetchval(_ENROLLED)
    billed = {row["position"]: row["rows"] for row in await connection.fetch(_BILLED_BY_TYPE)}
    complete = await connection.fetchval(_BILLED_ALL, len(subject.invoice_types))
    return {
        "enrolled_without_invoice": {code: enrolled - billed.get(position, 0) for position, code in positions},
        "rows_without_invoice": enrolled - complete,
    }
