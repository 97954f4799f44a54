"""The rows in hand: those of the chunk that are to be applied, in a temporary table, and what was changed for each."""

import hashlib
from collections.abc import Sequence
from typing import Final

from services.executor.domain import Chunk, ChunkContents
from shared.postgres import Connection

# Temporary tables live as long as the connection; each transaction leaves them empty. The planner knows their real
# size, which it would have to guess for a part of validation.plan_row. A change is JSON, kept as text because it is
# read once, all changes of a row together. Columns are named here and where the table is filled: the plan may have
# further ones that this release does not know.
_CREATE: Final = """
    DROP TABLE IF EXISTS pg_temp.work_row, pg_temp.work_change, pg_temp.work_seen, pg_temp.work_undo;
    CREATE TEMPORARY TABLE work_row (
        import_id uuid, chunk_no int, line_no int, leader_line int, codes text[], account_number text,
        customer_id bigint, login_id bigint, login_action text, owner_id bigint, link_role text,
        seen_login_email text, seen_login_status text, seen_enrollments text[],
        email text, email_cc text, delivery_email text, customer_name text, first_name text, last_name text,
        login_name text, phone text, address1 text, address2 text, city text, state text, zip text,
        method_kind text, holder_name text, holder_type text, routing_number text, account_enc bytea,
        account_last4 text, account_type text, token_ref text, token_vault text, card_brand text, card_last4 text,
        exp_year int, exp_month int, fingerprint bytea, payment_method_id bigint, make_default boolean,
        starts_on date, ends_on date, max_amount numeric(12, 2), authorized_on date, authorization_channel text,
        authorization_reference text, evidence jsonb, for_log jsonb,
        customer_made boolean, login_made boolean, record_id bigint, kept_types bigint[]
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE work_change (line_no int NOT NULL, change text NOT NULL) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE work_seen (
        line_no int NOT NULL, name bigint, login bigint, accounts bigint, owner bigint, role bigint, enrollments bigint,
        method bigint, linked bigint
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE work_undo (
        line_no int NOT NULL, kind text NOT NULL, id bigint NOT NULL, login_id bigint, before jsonb,
        is_made boolean NOT NULL, is_removed boolean NOT NULL
    ) ON COMMIT DELETE ROWS
"""

# A connection may outlive the release that made its tables, where a pooler stands between. Their mark is a comment: a
# setting would be gone as soon as the connection returns to its pool, and tables made anew for every chunk swell the
# catalog.
_SHAPE: Final = hashlib.sha256(_CREATE.encode()).hexdigest()
_HAS_SHAPE: Final = "SELECT obj_description(to_regclass('pg_temp.work_row'), 'pg_class') IS NOT DISTINCT FROM $1"
_NOTE_SHAPE: Final = _SHAPE.join(("COMMENT ON TABLE pg_temp.work_row IS '", "'"))

_CLEAR: Final = "DELETE FROM work_row; DELETE FROM work_change; DELETE FROM work_undo"

_FILL: Final = """
    WITH filled AS (
        INSERT INTO work_row (
            import_id, chunk_no, line_no, leader_line, codes, account_number, customer_id, login_id, login_action,
            owner_id, link_role, seen_login_email, seen_login_status, seen_enrollments, email, email_cc,
            delivery_email, customer_name, first_name, last_name, login_name, phone, address1, address2, city, state,
            zip, method_kind, holder_name, holder_type, routing_number, account_enc, account_last4, account_type,
            token_ref, token_vault, card_brand, card_last4, exp_year, exp_month, fingerprint, payment_method_id,
            make_default, starts_on, ends_on, max_amount, authorized_on, authorization_channel,
            authorization_reference, evidence, for_log
        )
        SELECT import_id, chunk_no, line_no, leader_line, codes, account_number, customer_id, login_id, login_action,
            owner_id, link_role, seen_login_email, seen_login_status, seen_enrollments, email, email_cc,
            delivery_email, customer_name, first_name, last_name, login_name, phone, address1, address2, city, state,
            zip, method_kind, holder_name, holder_type, routing_number, account_enc, account_last4, account_type,
            token_ref, token_vault, card_brand, card_last4, exp_year, exp_month, fingerprint, payment_method_id,
            make_default, starts_on, ends_on, max_amount, authorized_on, authorization_channel,
            authorization_reference, evidence, for_log
        FROM validation.plan_row
        WHERE import_id = $1 AND chunk_no = $2 AND verdict = 'apply'
            AND ($3::int[] IS NULL OR leader_line IN (SELECT unnest($3::int[])))
        RETURNING customer_id, login_action, owner_id, link_role, payment_method_id, fingerprint, seen_enrollments,
            authorized_on, authorization_channel, authorization_reference, evidence
    )
    SELECT count(*) AS rows,
        coalesce(bool_or(customer_id IS NULL), false) AS creates_customers,
        coalesce(bool_or(login_action IN ('create_shell', 'create_invited')), false) AS creates_logins,
        coalesce(bool_or(login_action IN ('create_shell', 'create_invited', 'link')), false) AS links,
        coalesce(bool_or(owner_id IS NOT NULL AND link_role IS NULL), false) AS replaces_owners,
        coalesce(bool_or(login_action = 'claim'), false) AS claims,
        coalesce(bool_or(login_action = 'update_email'), false) AS updates_email,
        coalesce(
            bool_or(num_nonnulls(authorized_on, authorization_channel, authorization_reference, evidence) > 0), false
        ) AS has_records,
        coalesce(bool_or(array_remove(seen_enrollments, NULL) <> '{}'), false) AS has_enrollments,
        coalesce(bool_or(payment_method_id IS NOT NULL), false) AS has_methods,
        coalesce(bool_or(payment_method_id IS NULL AND fingerprint IS NOT NULL), false) AS needs_methods
    FROM filled
"""

_LEADERS: Final = "SELECT DISTINCT leader_line FROM work_row ORDER BY leader_line"


async def fill(connection: Connection, chunk: Chunk, groups: Sequence[int] | None = None) -> ChunkContents:
    """Take the rows to apply into hand: of the whole chunk, or of some of its groups."""
    if await connection.fetchval(_HAS_SHAPE, _SHAPE):
        await connection.execute(_CLEAR)
    else:
        await connection.execute(_CREATE)
        await connection.execute(_NOTE_SHAPE)
    [row] = await connection.fetch(_FILL, chunk.import_id, chunk.chunk_no, groups)
    return ChunkContents(**row)


async def leaders(connection: Connection) -> list[int]:
    return [row["leader_line"] for row in await connection.fetch(_LEADERS)]
