"""Customers, logins and who owns what."""

from typing import Final

from services.executor.domain import ChunkContents, Job
from shared.postgres import Connection

_CREATE_CUSTOMERS: Final = """
    WITH made AS (
        INSERT INTO crm.customer (
            biller_id, account_number, name, address1, address2, city, state, zip, phone, status, origin, import_id
        )
        SELECT $1, account_number, customer_name, address1, address2, city, state, zip, phone, 'active', 'import', $2
        FROM work_row WHERE customer_id IS NULL ORDER BY line_no
        RETURNING id, account_number, left_customer_1(new) AS mark
    ), known AS (
        UPDATE work_row w SET customer_id = made.id, customer_made = true
        FROM made WHERE w.customer_id IS NULL AND w.account_number = made.account_number
        RETURNING w.line_no, made.id, made.account_number, made.mark
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'customer', 'id', id, 'before', NULL, 'after', json_build_object('account_number', account_number),
        'mark', mark
    )::text FROM known
"""

# MERGE instead of INSERT because its RETURNING tells which row of the plan a new login was made for.
_CREATE_LOGINS: Final = """
    WITH made AS (
        MERGE INTO crm.login l
        USING (
            SELECT line_no, email, email_cc, first_name, last_name, phone, coalesce(login_name, email) AS login_name,
                login_action = 'create_invited' AS invited
            FROM work_row WHERE login_action IN ('create_shell', 'create_invited') ORDER BY line_no
        ) w ON false
        WHEN NOT MATCHED THEN INSERT (
            realm_id, login_name, email, email_cc, first_name, last_name, phone, status, invited_at, origin, import_id,
            import_kind
        ) VALUES (
            $1, CASE WHEN w.invited THEN w.login_name END, w.email, w.email_cc,
            CASE WHEN w.invited THEN w.first_name END, CASE WHEN w.invited THEN w.last_name END,
            CASE WHEN w.invited THEN w.phone END, CASE WHEN w.invited THEN 'invited' ELSE 'shell' END,
            CASE WHEN w.invited THEN now() END, 'import', $2, $3
        )
        RETURNING w.line_no, l.id, l.status, l.email, left_login_1(l) AS mark
    ), known AS (
        UPDATE work_row w SET login_id = made.id, login_made = true FROM made WHERE w.line_no = made.line_no
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'login', 'id', id, 'before', NULL, 'after', json_build_object('status', status, 'email', email),
        'mark', mark
    )::text FROM made
"""

_FOLLOW_LEADER: Final = """
    UPDATE work_row w SET login_id = leader.login_id, login_made = true
    FROM work_row leader
    WHERE w.login_action = 'link' AND w.login_id IS NULL
        AND leader.line_no = w.leader_line AND leader.login_action = 'create_invited'
"""

# The owner so far stays as a further user; an account has one owner at most, so this goes before the new link.
_STEP_DOWN: Final = """
    WITH changed AS (
        UPDATE crm.customer_login_link k SET role = 'oversight', origin = 'import', import_id = $1
        FROM work_row w
        WHERE w.owner_id IS NOT NULL AND w.link_role IS NULL
            AND k.customer_id = w.customer_id AND k.login_id = w.owner_id
        RETURNING w.line_no, k.customer_id, k.login_id, old.role, old.origin, old.import_id, left_link_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'customer_login_link', 'id', customer_id,
        'before', json_build_object('login_id', login_id, 'role', role, 'origin', origin, 'import_id', import_id),
        'after', json_build_object('login_id', login_id, 'role', 'oversight'), 'mark', mark
    )::text FROM changed
"""

# A user of the account whose role changes has a link already.
_LINK: Final = """
    WITH made AS (
        INSERT INTO crm.customer_login_link AS k (customer_id, login_id, role, origin, import_id)
        SELECT customer_id, login_id, coalesce(link_role, 'owner'), 'import', $1 FROM work_row
        WHERE login_action IN ('create_shell', 'create_invited', 'link')
        ON CONFLICT (customer_id, login_id) DO UPDATE
        SET role = excluded.role, origin = 'import', import_id = excluded.import_id
        RETURNING customer_id, login_id, role,
            old.role AS old_role, old.origin AS old_origin, old.import_id AS old_import, left_link_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT w.line_no, json_build_object(
        'table', 'customer_login_link', 'id', made.customer_id,
        'before', CASE WHEN old_role IS NOT NULL THEN json_build_object(
            'login_id', made.login_id, 'role', old_role, 'origin', old_origin, 'import_id', old_import
        ) END,
        'after', json_build_object('login_id', made.login_id, 'role', made.role), 'mark', made.mark
    )::text
    FROM made JOIN work_row w ON w.customer_id = made.customer_id AND w.login_id = made.login_id
        AND w.login_action IN ('create_shell', 'create_invited', 'link')
"""

_CLAIM: Final = """
    WITH claimed AS (
        UPDATE crm.login l SET
            login_name = coalesce(w.login_name, w.email, l.login_name), email = coalesce(w.email, l.email),
            first_name = coalesce(w.first_name, l.first_name), last_name = coalesce(w.last_name, l.last_name),
            phone = coalesce(w.phone, l.phone), status = 'invited', invited_at = now(), import_kind = $1,
            email_verified_at = CASE
                WHEN lower(l.email) = lower(coalesce(w.email, l.email)) THEN l.email_verified_at
            END
        FROM work_row w WHERE w.login_action = 'claim' AND l.id = w.login_id
        RETURNING w.line_no, l.id,
            json_build_object(
                'status', old.status, 'login_name', old.login_name, 'email', old.email, 'first_name', old.first_name,
                'last_name', old.last_name, 'phone', old.phone, 'import_kind', old.import_kind,
                'email_verified_at', old.email_verified_at, 'invited_at', old.invited_at
            ) AS before,
            json_build_object(
                'status', new.status, 'login_name', new.login_name, 'email', new.email, 'first_name', new.first_name,
                'last_name', new.last_name, 'phone', new.phone, 'import_kind', new.import_kind
            ) AS after, left_claim_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT line_no,
        json_build_object('table', 'login', 'id', id, 'before', before, 'after', after, 'mark', mark)::text
    FROM claimed
"""

# As in the claim above: that an address was verified says nothing about the one that takes its place. Put together by
# hand, as enrollments are: nearly every row of a paperless import changes a login.
_UPDATE_EMAIL: Final = """
    WITH changed AS (
        UPDATE crm.login l SET email = w.email, email_cc = coalesce(w.email_cc, l.email_cc), email_verified_at = NULL
        FROM work_row w WHERE w.login_action = 'update_email' AND l.id = w.login_id
        RETURNING w.line_no, l.id, old.email AS old_email, old.email_cc AS old_email_cc, old.email_verified_at,
            new.email, new.email_cc, left_email_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT line_no, concat(
        '{"table":"login","id":', id, ',"before":{"email":', coalesce(to_json(old_email)::text, 'null'),
        ',"email_cc":', coalesce(to_json(old_email_cc)::text, 'null'),
        ',"email_verified_at":', coalesce(to_json(email_verified_at)::text, 'null'),
        '},"after":{"email":', coalesce(to_json(email)::text, 'null'),
        ',"email_cc":', coalesce(to_json(email_cc)::text, 'null'), '},"mark":', mark, '}'
    )
    FROM changed
"""


async def change(connection: Connection, job: Job, contents: ChunkContents) -> None:
    """Change the logins there are, and the owners that give way."""
    if contents.replaces_owners:
        await connection.execute(_STEP_DOWN, job.import_id)
    if contents.claims:
        await connection.execute(_CLAIM, job.kind)
    if contents.updates_email:
        await connection.execute(_UPDATE_EMAIL)


async def insert(connection: Connection, job: Job, contents: ChunkContents) -> None:
    if contents.creates_customers:
        await connection.execute(_CREATE_CUSTOMERS, job.biller_id, job.import_id)
    if contents.creates_logins:
        await connection.execute(_CREATE_LOGINS, job.realm_id, job.import_id, job.kind)
        await connection.execute(_FOLLOW_LEADER)
    if contents.links:
        await connection.execute(_LINK, job.import_id)
