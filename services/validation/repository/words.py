"""By what the rows of large plans are found: written after the check, so that nobody waits for it."""

from typing import Final

from shared.postgres import Connection

# Some chunks at a time, each of some thousand rows: whoever confirms or cancels waits a tenth of a second at most.
_CHUNKS_AT_ONCE: Final = 20

# Small plans are read as quickly without. A check that runs has its row locked. In the words of the index.
_WITHOUT: Final = """
SELECT import_id, check_no
FROM import_check
WHERE rows_read > 100000 AND words_of IS DISTINCT FROM check_no AND rows_removed_at IS NULL
    AND state IN ('held', 'approved', 'finished', 'cancelled')
ORDER BY checked_at DESC
LIMIT 1
FOR UPDATE SKIP LOCKED
"""
_CHUNKS: Final = """
SELECT chunk_no FROM planned_chunk WHERE import_id = $1 AND words IS NULL ORDER BY chunk_no LIMIT $2
"""
# Put together column by column, and marks of rows that differ in nothing else but once: a row costs a microsecond.
_WRITE: Final = """
INSERT INTO plan_word (import_id, chunk_no, check_no, words, marks)
SELECT $1 AS import_id, k.chunk_no, $2 AS check_no, w.words, m.marks || b.marks AS marks
FROM unnest($3::int[]) AS k (chunk_no)
CROSS JOIN LATERAL (
    SELECT '{}' || array_agg(word_of(account_number)) FILTER (WHERE account_number IS NOT NULL)
        || array_agg(word_of(login_id)) FILTER (WHERE login_id IS NOT NULL)
        || array_agg(word_of(email)) FILTER (WHERE email IS NOT NULL)
        || array_agg(word_of(seen_login_email)) FILTER (WHERE seen_login_email IS NOT NULL)
        || array_agg(word_of(delivery_email)) FILTER (WHERE delivery_email IS NOT NULL) AS words
    FROM plan_row
    WHERE import_id = $1 AND chunk_no = k.chunk_no
) AS w
CROSS JOIN LATERAL (
    SELECT '{}' || array_agg(DISTINCT mark) AS marks
    FROM (
        SELECT DISTINCT verdict, codes, login_action, verdict = 'apply' AND customer_id IS NULL AS makes_customer,
            delivery_email IS NOT NULL AS has_delivery_email,
            method_kind IS NOT NULL AND payment_method_id IS NULL AS makes_method, enrollment_changes
        FROM planned_row
        WHERE import_id = $1 AND chunk_no = k.chunk_no
    ) AS alike
    CROSS JOIN LATERAL unnest(
        codes || verdict || login_action || CASE WHEN makes_customer THEN 'makes customer' END
            || CASE WHEN has_delivery_email THEN 'delivery email' END
            || CASE WHEN makes_method THEN 'makes payment method' END || enrollment_changes || ARRAY(
                SELECT e.change || ' ' || e.place FROM unnest(enrollment_changes) WITH ORDINALITY AS e (change, place)
            )
    ) AS mark
    WHERE mark IS NOT NULL
) AS m
CROSS JOIN LATERAL (
    -- Looked for only where the check missed some (W320).
    SELECT '{}' || array_agg('no bill ' || t.id) AS marks
    FROM finding f
    JOIN import_check c USING (import_id)
    CROSS JOIN LATERAL unnest(c.seen_types) AS t (id)
    WHERE f.import_id = $1 AND f.code = 'W320' AND EXISTS (
        SELECT
        FROM plan_row p
        WHERE p.import_id = $1 AND p.chunk_no = k.chunk_no AND p.verdict IN ('apply', 'no_change') AND NOT EXISTS (
            SELECT FROM crm.invoice i WHERE i.customer_id = p.customer_id AND i.invoice_type_id = t.id
        )
    )
) AS b
ON CONFLICT (import_id, chunk_no) DO UPDATE
SET check_no = excluded.check_no, words = excluded.words, marks = excluded.marks
"""
_ALL_WRITTEN: Final = "UPDATE import_check SET words_of = check_no WHERE import_id = $1"


async def write_piece(connection: Connection) -> bool:
    """Write the words of some chunks of a large plan; False where there is none without."""
    plan = await connection.fetchrow(_WITHOUT)
    if plan is None:
        return False
    import_id, check_no = plan
    chunks = [row["chunk_no"] for row in await connection.fetch(_CHUNKS, import_id, _CHUNKS_AT_ONCE)]
    if chunks:
        await connection.execute(_WRITE, import_id, check_no, chunks)
    else:
        await connection.execute(_ALL_WRITTEN, import_id)
    return True
