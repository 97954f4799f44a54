"""Locks what the rows in hand depend on and compares it with what the plan saw.

Which facts there are, what they are called and which rule reads them stands in ``shared/contracts/facts.py``. Names are
put together for rows that differ alone; all others cost no more than the comparison.
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from services.executor.domain import Changes, Chunk, ChunkContents, Job
from services.executor.repository import seen, whole
from services.executor.repository.seen import SeenFacts
from shared.contracts.kinds import ImportKind
from shared.logging import get_logger
from shared.postgres import Connection

log = get_logger()

# In the order of ids, logins before customers, so that two executors never wait for each other. Whoever would add a
# link, a method or an enrollment for a locked login or customer waits, for its foreign key needs the row. What was seen
# is null where it does not count, or where an earlier version of the check did not keep it.
_LOGINS: Final = """
    WITH locked AS MATERIALIZED (
        SELECT w.line_no, l.status = w.seen_login_status AS status,
            $1 = 'autopay' OR l.email IS NOT DISTINCT FROM w.seen_login_email AS email,
            s.login IS NULL
                OR s.login = CASE WHEN $1 = 'registration'
                    THEN validation.seen_person_1(l.login_name, l.first_name, l.last_name, l.phone, l.import_kind)
                    ELSE validation.seen_mailbox_1(l.login_name, l.email_cc, l.email_verified_at, l.import_kind)
                END
                OR s.linked IS NOT DISTINCT FROM validation.seen_linked_1(l.first_name, l.last_name) AS details
        FROM work_row w JOIN crm.login l ON l.id = w.login_id
        LEFT JOIN work_seen s ON s.line_no = w.line_no
        ORDER BY l.id FOR UPDATE OF l
    )
    SELECT w.leader_line, array_remove(ARRAY[
        CASE WHEN l.status IS NOT TRUE THEN 'login status' END,
        CASE WHEN NOT l.email THEN 'login email' END,
        CASE
            WHEN l.details IS NOT FALSE THEN NULL
            WHEN $1 = 'paperless' THEN 'email details of the login'
            WHEN w.login_action = 'link' THEN 'name on the login'
            ELSE 'personal details of the login'
        END
    ], NULL) AS changed
    FROM work_row w LEFT JOIN locked l USING (line_no)
    WHERE w.login_id IS NOT NULL AND (l.status AND l.email AND l.details) IS NOT TRUE
"""

# Owners beside whom, or in whose place, a login is linked. Several chunks may need one of them, and one may claim it:
# where the owner did not stand against the row (C232), all that counts is that the login may be used (C217).
_OWNER_LOGINS: Final = """
    WITH locked AS MATERIALIZED (
        SELECT w.line_no,
            CASE
                WHEN 'C232' = ANY (w.codes) THEN s.owner = validation.seen_owner_1(l.email, l.status)
                ELSE l.status NOT IN ('locked', 'disabled')
            END AS same
        FROM work_row w JOIN work_seen s ON s.line_no = w.line_no JOIN crm.login l ON l.id = w.owner_id
        WHERE s.owner IS NOT NULL
        ORDER BY l.id FOR SHARE OF l
    )
    SELECT w.leader_line, ARRAY['login of the present owner'] AS changed
    FROM work_row w JOIN locked USING (line_no) WHERE NOT locked.same
"""

# Whoever is registered for a closed account (C235) is so because it is not active.
_CUSTOMERS: Final = """
    WITH locked AS MATERIALIZED (
        SELECT w.line_no, (c.status = 'active') = ('C235' <> ALL (w.codes)) AS status, c.biller_id = $1 AS biller,
            CASE WHEN $2 THEN upper(c.account_number) ELSE c.account_number END = w.account_number AS number,
            (w.method_kind = 'ach' AND c.block_eft OR w.method_kind = 'card' AND c.block_cc) IS NOT TRUE AS blocks,
            s.name IS NULL OR s.name = validation.seen_name_1(c.name) AS name
        FROM work_row w JOIN crm.customer c ON c.id = w.customer_id
        LEFT JOIN work_seen s ON s.line_no = w.line_no
        ORDER BY c.id FOR UPDATE OF c
    )
    SELECT w.leader_line, array_remove(ARRAY[
        CASE WHEN c.status IS NOT TRUE THEN 'account status' END,
        CASE WHEN NOT c.biller THEN 'biller of the account' END,
        CASE WHEN NOT c.number THEN 'account number' END,
        CASE WHEN NOT c.blocks THEN 'payment blocks' END,
        CASE WHEN NOT c.name THEN 'customer name' END
    ], NULL) AS changed
    FROM work_row w LEFT JOIN locked c USING (line_no)
    WHERE w.customer_id IS NOT NULL AND (c.status AND c.biller AND c.number AND c.blocks AND c.name) IS NOT TRUE
"""

# What should not be there is looked up by its whole key for each row, which LIMIT makes sure of. Statistics that are
# older than the biller, or than the rows before this chunk, promise a row or none for it: joined with the rows in hand
# instead, all that the biller has is held against each of them.
_MISSING_CUSTOMERS: Final = """
    SELECT w.leader_line, ARRAY['account made meanwhile'] AS changed
    FROM work_row w
    CROSS JOIN LATERAL (
        SELECT FROM crm.customer c WHERE c.biller_id = $1 AND c.account_number = w.account_number LIMIT 1
    ) AS found
    WHERE w.customer_id IS NULL
"""

# For billers that do not mind case: the same number, written otherwise. No index of the CRM knows it, so that the
# numbers of all customers are read, but only where a number to be made has letters.
_HAS_LETTERS: Final = """
    SELECT EXISTS (SELECT FROM work_row WHERE customer_id IS NULL AND account_number <> lower(account_number))
"""
_MISSING_SPELLINGS: Final = """
    SELECT w.leader_line, ARRAY['account made meanwhile'] AS changed FROM work_row w
    WHERE w.customer_id IS NULL AND w.account_number <> lower(w.account_number)
        AND w.account_number IN (SELECT upper(c.account_number) FROM crm.customer c WHERE c.biller_id = $1)
"""

# A link may be taken away or get another role while its customer and its login stay as they are.
_OWNERS: Final = """
    WITH locked AS MATERIALIZED (
        SELECT w.line_no, k.login_id
        FROM work_row w JOIN crm.customer_login_link k ON k.customer_id = w.customer_id AND k.role = 'owner'
        ORDER BY k.customer_id FOR NO KEY UPDATE OF k
    )
    SELECT w.leader_line, ARRAY['owner'] AS changed FROM work_row w LEFT JOIN locked k USING (line_no)
    WHERE w.customer_id IS NOT NULL
        AND k.login_id IS DISTINCT FROM
            CASE WHEN w.login_action IN ('none', 'update_email', 'claim') THEN w.login_id ELSE w.owner_id END
"""

# Accounts that get the new email of their login, or for which it does not get one, at this biller and at others. Nearly
# every login owns the row's account alone, whose link is locked by now.
_ACCOUNTS: Final = """
    WITH several AS MATERIALIZED (
        SELECT k.login_id FROM crm.customer_login_link k
        WHERE k.role = 'owner' AND k.login_id IN (
            SELECT w.login_id FROM work_row w JOIN work_seen s USING (line_no) WHERE s.accounts IS NOT NULL
        )
        GROUP BY k.login_id HAVING count(*) > 1
    ), linked AS MATERIALIZED (
        SELECT k.login_id, validation.seen_account_1(c.id, c.biller_id) AS account
        FROM several l
        JOIN crm.customer_login_link k ON k.login_id = l.login_id AND k.role = 'owner'
        JOIN crm.customer c ON c.id = k.customer_id
        ORDER BY k.customer_id, k.login_id FOR NO KEY UPDATE OF k FOR SHARE OF c
    ), owned AS (
        SELECT login_id, bit_xor(account) AS accounts FROM linked GROUP BY login_id
    )
    SELECT w.leader_line, ARRAY['accounts of the login'] AS changed
    FROM work_row w JOIN work_seen s USING (line_no) LEFT JOIN owned o ON o.login_id = w.login_id
    WHERE s.accounts <> coalesce(o.accounts, validation.seen_account_1(w.customer_id, $1))
"""

_ROLES: Final = """
    WITH linked AS MATERIALIZED (
        SELECT k.customer_id, k.login_id, k.role
        FROM work_row w JOIN crm.customer_login_link k ON k.customer_id = w.customer_id AND k.login_id = w.login_id
        ORDER BY k.customer_id, k.login_id FOR NO KEY UPDATE OF k
    )
    SELECT w.leader_line, ARRAY['role of the login'] AS changed
    FROM work_row w JOIN work_seen s USING (line_no)
    LEFT JOIN linked k ON k.customer_id = w.customer_id AND k.login_id = w.login_id
    WHERE s.role <> validation.seen_role_1(k.role)
"""

# Each customer's enrollments are looked up by themselves: while an import fills the table nobody has counted it, and
# a join would read all of it for each chunk.
_PAPERLESS: Final = """
    WITH present AS MATERIALIZED (
        SELECT e.customer_id, e.invoice_type_id, e.state, e.terms
        FROM (SELECT customer_id FROM work_row WHERE customer_id IS NOT NULL ORDER BY customer_id) w
        CROSS JOIN LATERAL (
            SELECT customer_id, invoice_type_id, validation.seen_enrollment_1(status, delivery_email) AS state,
                validation.seen_paperless_1(invoice_type_id, origin, consent_id) AS terms
            FROM crm.paperless_enrollment
            WHERE customer_id = w.customer_id AND invoice_type_id = ANY ($1::bigint[])
            ORDER BY id FOR UPDATE
        ) e
    ), of_customer AS (
        SELECT customer_id, bit_xor(terms) AS terms FROM present GROUP BY customer_id
    )
    SELECT DISTINCT w.leader_line, ARRAY['paperless enrollment'] AS changed FROM work_row w
    CROSS JOIN LATERAL unnest(w.seen_enrollments, $1::bigint[]) AS s (seen, type_id)
    LEFT JOIN present p ON p.customer_id = w.customer_id AND p.invoice_type_id = s.type_id
    WHERE p.state IS DISTINCT FROM s.seen
    UNION ALL
    SELECT w.leader_line, ARRAY['terms of the paperless enrollment']
    FROM work_row w JOIN work_seen s USING (line_no) LEFT JOIN of_customer p ON p.customer_id = w.customer_id
    WHERE s.enrollments <> coalesce(p.terms, 0)
"""

_AUTOPAY: Final = """
    WITH enrolled AS MATERIALIZED (
        SELECT e.customer_id, e.invoice_type_id, e.status, e.payment_method_id, e.origin, e.follow_default,
            e.effective_from, e.ends_on, e.max_amount, e.mandate_id
        FROM (SELECT customer_id FROM work_row WHERE customer_id IS NOT NULL ORDER BY customer_id) w
        CROSS JOIN LATERAL (
            SELECT customer_id, invoice_type_id, status, payment_method_id, origin, follow_default, effective_from,
                ends_on, max_amount, mandate_id
            FROM crm.autopay_enrollment
            WHERE customer_id = w.customer_id AND invoice_type_id = ANY ($1::bigint[])
            ORDER BY id FOR UPDATE
        ) e
    ), present AS MATERIALIZED (
        SELECT e.customer_id, e.invoice_type_id,
            validation.seen_enrollment_1(e.status, e.payment_method_id::text) AS state,
            validation.seen_autopay_1(
                e.invoice_type_id, e.origin, e.follow_default, e.effective_from, e.ends_on, e.max_amount, e.mandate_id,
                m.fingerprint
            ) AS terms
        FROM enrolled e JOIN crm.payment_method m ON m.id = e.payment_method_id
        ORDER BY m.id FOR SHARE OF m
    ), of_customer AS (
        SELECT customer_id, bit_xor(terms) AS terms FROM present GROUP BY customer_id
    )
    SELECT DISTINCT w.leader_line, ARRAY['autopay enrollment'] AS changed FROM work_row w
    CROSS JOIN LATERAL unnest(w.seen_enrollments, $1::bigint[]) AS s (seen, type_id)
    LEFT JOIN present p ON p.customer_id = w.customer_id AND p.invoice_type_id = s.type_id
    WHERE p.state IS DISTINCT FROM s.seen
    UNION ALL
    SELECT w.leader_line, ARRAY['terms of the autopay enrollment']
    FROM work_row w JOIN work_seen s USING (line_no) LEFT JOIN of_customer p ON p.customer_id = w.customer_id
    WHERE s.enrollments <> coalesce(p.terms, 0)
    UNION ALL
    SELECT w.leader_line, ARRAY['end date is past'] FROM work_row w WHERE w.ends_on < $2
"""

# The login's own method that is used again.
_METHODS: Final = """
    WITH locked AS MATERIALIZED (
        SELECT w.line_no,
            m.login_id = w.login_id AND m.biller_id = $1 AND m.fingerprint = w.fingerprint
                AND (s.method IS NULL OR s.method = validation.seen_method_1(m.status)) AS same
        FROM work_row w JOIN crm.payment_method m ON m.id = w.payment_method_id
        LEFT JOIN work_seen s ON s.line_no = w.line_no
        ORDER BY m.id FOR NO KEY UPDATE OF m
    )
    SELECT w.leader_line, ARRAY['payment method'] AS changed FROM work_row w LEFT JOIN locked USING (line_no)
    WHERE w.payment_method_id IS NOT NULL AND locked.same IS NOT TRUE
"""

# Where a method is to be made, its login has none of this fingerprint.
_MADE_METHODS: Final = """
    SELECT w.leader_line, ARRAY['payment method added meanwhile'] AS changed
    FROM work_row w
    CROSS JOIN LATERAL (
        SELECT
        FROM crm.payment_method m
        WHERE m.login_id = w.login_id AND m.biller_id = $1 AND m.fingerprint = w.fingerprint
        LIMIT 1
    ) AS found
    WHERE w.payment_method_id IS NULL
"""

# The first name from this one on: only the index on names is in that order, so that it is taken however few logins of
# the realm there seem to be.
_TAKEN_NAMES: Final = """
    SELECT w.leader_line, ARRAY['login name taken'] AS changed
    FROM work_row w
    CROSS JOIN LATERAL (
        SELECT lower(l.login_name) AS name
        FROM crm.login l
        WHERE l.realm_id = $1 AND l.login_name IS NOT NULL AND l.id IS DISTINCT FROM w.login_id
            AND lower(l.login_name) >= lower(coalesce(w.login_name, w.email))
        ORDER BY lower(l.login_name)
        LIMIT 1
    ) AS first
    WHERE w.login_action IN ('claim', 'create_invited') AND first.name = lower(coalesce(w.login_name, w.email))
"""
# With C234 a login is made beside others of its email, because somebody said so; if there is one alone, it would be
# linked. A login is linked because it is the only one of its email. One that is a user of the account already, with the
# row's role or a higher one, leaves nothing to do. Logins that an earlier chunk made do not count, nor do those to
# which it gave the email by a claim; one from which it took the email is still counted.
_TAKEN_EMAILS: Final = """
    SELECT w.leader_line, ARRAY['logins with this email'] AS changed
    FROM work_row w
    CROSS JOIN LATERAL (
        SELECT count(*) AS logins, count(*) FILTER (WHERE NOT one.ours) AS others,
            coalesce(bool_or(one.id <> w.login_id) FILTER (WHERE NOT one.ours), false) AS beside,
            coalesce(bool_or(one.is_user) FILTER (WHERE NOT one.ours), false) AS linked
        FROM (
            SELECT l.id,
                l.import_id IS NOT DISTINCT FROM $2 OR (
                    l.status = 'invited' AND l.import_kind = 'registration'
                    AND l.invited_at >= (SELECT started_at FROM job WHERE import_id = $2)
                ) IS TRUE AS ours,
                l.id IS DISTINCT FROM w.login_id
                    AND (k.role IN ('owner', 'oversight') OR k.role = w.link_role) AS is_user
            FROM crm.login l
            LEFT JOIN crm.customer_login_link k ON k.customer_id = w.customer_id AND k.login_id = l.id
            WHERE l.realm_id = $1 AND lower(l.email) = lower(w.email)
        ) AS one
    ) AS found
    WHERE w.login_action = 'create_invited' AND 'C234' <> ALL (w.codes) AND found.logins > 0
        OR w.login_action = 'create_invited' AND 'C234' = ANY (w.codes) AND found.others = 1 AND NOT EXISTS (
            SELECT FROM validation.plan_row p JOIN crm.login l ON l.id = p.login_id
            WHERE p.import_id = $2 AND p.login_action = 'claim' AND lower(p.seen_login_email) = lower(w.email)
                AND lower(l.email) <> lower(w.email) AND l.status = 'invited' AND l.import_kind = 'registration'
                AND l.invited_at >= (SELECT started_at FROM job WHERE import_id = $2)
                AND p.chunk_no = ANY (ARRAY(
                    SELECT c.chunk_no
                    FROM validation.planned_chunk c
                    WHERE c.import_id = $2 AND ('claim' = ANY (c.marks)) IS NOT FALSE
                        AND (validation.word_of(w.email) = ANY (c.words)) IS NOT FALSE
                ))
        )
        OR w.login_action = 'link' AND found.beside
        OR w.login_action IN ('create_invited', 'link') AND w.link_role IS NOT NULL AND found.linked
"""

_ALL: Final = "SELECT DISTINCT leader_line FROM work_row"

_DROP: Final = "DELETE FROM work_row WHERE leader_line IN (SELECT unnest($1::int[]))"


async def lock_and_compare(
    connection: Connection,
    job: Job,
    chunk: Chunk,
    contents: ChunkContents,
    today: date,
    *,
    leaving_to_constraints: bool = False,
) -> Changes:
    """What of the CRM is not what the plan saw, by group, after locking what all of them touch.

    ``leaving_to_constraints``: a fact that a constraint compares, too, is left to it. It refuses the chunk without
    saying which group, and then all facts must be compared.
    """
    changes = Changes()
    if not contents.rows:
        return changes
    if facts := await whole.changed(connection, job, today):
        log.warning("changed_since_check", facts=facts)
        changes.add_whole(facts, (row["leader_line"] for row in await connection.fetch(_ALL)))
        return changes
    known = await seen.fill(connection, chunk)
    await _people(connection, job, contents, known, changes)
    match job.kind:
        case ImportKind.AUTOPAY:
            await _note(connection, changes, _AUTOPAY, job.invoice_type_ids, today)
            await _methods(connection, job, contents, changes)
        case ImportKind.PAPERLESS:
            # Where there were no enrollments, each row enrolls in all types, once for each customer and type.
            if contents.has_enrollments or not leaving_to_constraints:
                await _note(connection, changes, _PAPERLESS, job.invoice_type_ids)
        case ImportKind.REGISTRATION:
            await _note(connection, changes, _TAKEN_NAMES, job.realm_id)
            await _note(connection, changes, _TAKEN_EMAILS, job.realm_id, job.import_id)
            if groups := await whole.unlawful(connection, job, contents):
                changes.add_whole(["right to replace owners"], groups)
    return changes


async def drop(connection: Connection, groups: Collection[int]) -> None:
    await connection.execute(_DROP, list(groups))


async def _people(
    connection: Connection, job: Job, contents: ChunkContents, known: SeenFacts, changes: Changes
) -> None:
    await _note(connection, changes, _LOGINS, job.kind)
    if known.owners:
        await _note(connection, changes, _OWNER_LOGINS)
    await _note(connection, changes, _CUSTOMERS, job.biller_id, job.ignores_case)
    await _note(connection, changes, _OWNERS)
    if known.accounts:
        await _note(connection, changes, _ACCOUNTS, job.biller_id)
    if known.roles:
        await _note(connection, changes, _ROLES)
    if contents.creates_customers:
        await _note(connection, changes, _MISSING_CUSTOMERS, job.biller_id)
        if job.ignores_case and await connection.fetchval(_HAS_LETTERS):
            await _note(connection, changes, _MISSING_SPELLINGS, job.biller_id)


async def _methods(connection: Connection, job: Job, contents: ChunkContents, changes: Changes) -> None:
    if contents.has_methods:
        await _note(connection, changes, _METHODS, job.biller_id)
    if contents.needs_methods:
        await _note(connection, changes, _MADE_METHODS, job.biller_id)


async def _note(connection: Connection, changes: Changes, statement: str, *values: object) -> None:
    """Run one comparison; it tells groups and the names of what differs."""
    for row in await connection.fetch(statement, *values):
        changes.add(row["leader_line"], row["changed"])
