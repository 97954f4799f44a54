"""Takes back what an import did: its changes, by the before-images that its rows keep, in the opposite order.

Which of them may be taken back says ``undo_blocks_3``, by which the check has planned, too; here it is asked again once
everything is locked. What is taken back is kept as a change of the undo, so that an undo can be undone.
"""

from typing import Final
from uuid import UUID

from services.executor.domain import Changes, Chunk, Job
from services.executor.repository import planner, whole, work
from services.executor.repository.undo import remaking, removing, returning
from shared.postgres import Connection

# Both are asked for together, so that whoever waits for an account or a login waits in the order of all imports.
_LOCK_LOGINS: Final = """
    SELECT FROM crm.login WHERE id IN (SELECT login_id FROM work_row UNION SELECT login_id FROM work_undo)
    ORDER BY id FOR UPDATE
"""
_LOCK_CUSTOMERS: Final = """
    SELECT FROM crm.customer WHERE id IN (SELECT customer_id FROM work_row) ORDER BY id FOR UPDATE
"""
_LOCK_LINKS: Final = """
    SELECT FROM crm.customer_login_link WHERE customer_id IN (SELECT customer_id FROM work_row)
    ORDER BY customer_id, login_id FOR UPDATE
"""
_LOCK_AUTOPAY: Final = """
    SELECT FROM crm.autopay_enrollment WHERE id IN (SELECT id FROM work_undo WHERE kind = 'autopay_enrollment')
    ORDER BY id FOR UPDATE
"""
_LOCK_PAPERLESS: Final = """
    SELECT FROM crm.paperless_enrollment WHERE id IN (SELECT id FROM work_undo WHERE kind = 'paperless_enrollment')
    ORDER BY id FOR UPDATE
"""
# Where a method comes back, no other one of its login may become the default meanwhile.
_LOCK_METHODS: Final = """
    SELECT FROM crm.payment_method
    WHERE id IN (
        SELECT id FROM work_undo WHERE kind = 'payment_method'
        UNION SELECT (before ->> 'payment_method_id')::bigint FROM work_undo WHERE kind = 'autopay_enrollment'
        UNION SELECT other.id
        FROM work_undo u
        LEFT JOIN crm.payment_method mine ON mine.id = u.id
        JOIN crm.payment_method other ON other.login_id = coalesce((u.before ->> 'login_id')::bigint, mine.login_id)
        WHERE u.kind = 'payment_method' AND NOT u.is_made
    )
    ORDER BY id FOR UPDATE
"""
_LOCKS: Final = (_LOCK_LOGINS, _LOCK_CUSTOMERS, _LOCK_LINKS, _LOCK_AUTOPAY, _LOCK_PAPERLESS, _LOCK_METHODS)

_FILL: Final = """
    INSERT INTO work_undo (line_no, kind, id, login_id, before, is_made, is_removed)
    SELECT w.line_no, c."table", c.id,
        CASE c."table"
            WHEN 'login' THEN c.id
            WHEN 'customer_login_link' THEN coalesce(c.before ->> 'login_id', c.after ->> 'login_id')::bigint
        END,
        c.before, c.before IS NULL, c.after IS NULL
    FROM work_row w
    JOIN row_result r ON r.import_id = $1 AND r.line_no = w.line_no
    CROSS JOIN LATERAL jsonb_to_recordset(r.changes) AS c ("table" text, id bigint, before jsonb, after jsonb)
"""

_BLOCKS: Final = """
    SELECT leader_line, array_agg(DISTINCT coalesce(fact, '')) AS changed
    FROM undo_blocks_3($1, $2, ARRAY(SELECT line_no FROM work_row))
    GROUP BY leader_line
"""

_UNDONE_SINCE: Final = """
    SELECT DISTINCT w.leader_line FROM work_row w
    JOIN row_result r ON r.import_id = $1 AND r.line_no = w.line_no
    WHERE r.undone_by IS NOT NULL
"""

_ENROLLMENTS: Final = (removing.REMOVE_AUTOPAY, removing.REMOVE_PAPERLESS, returning.RETURN_PAPERLESS)
_METHODS_AND_LINKS: Final = (
    removing.REMOVE_METHODS,
    returning.RETURN_METHODS,
    removing.REMOVE_LINKS,
)
_NOTICES: Final = (removing.QUEUE_HELD_NOTICES, removing.WITHDRAW_NOTICES, removing.FORGET_HELD_NOTICES)
_PEOPLE: Final = (
    removing.REMOVE_LOGINS,
    returning.RETURN_CLAIMED,
    returning.RETURN_EMAILS,
    removing.DETACH_RECORDS,
    removing.REMOVE_CUSTOMERS,
)
_MADE_AGAIN: Final = (
    remaking.REMAKE_CUSTOMERS,
    remaking.REMAKE_LOGINS,
    remaking.REMAKE_LINKS,
    remaking.REMAKE_METHODS,
    remaking.REMAKE_AUTOPAY,
    remaking.REMAKE_PAPERLESS,
    remaking.REMAKE_NOTICES,
    remaking.ATTACH_RECORDS,
)

_UNDONE: Final = """
    UPDATE row_result r SET undone_by = $2, undone_at = now() FROM work_row w
    WHERE r.import_id = $1 AND r.line_no = w.line_no
"""
_COUNT_UNDONE: Final = """
    UPDATE chunk SET undone = undone + (SELECT count(*) FROM work_row) WHERE import_id = $1 AND chunk_no = $2
"""
# Where an undo is undone, what it had taken back stands again.
_DONE_AGAIN: Final = """
    UPDATE row_result r SET undone_by = NULL, undone_at = NULL FROM work_row w
    WHERE r.import_id = (SELECT undoes FROM mapping.import WHERE id = $1) AND r.line_no = w.line_no
        AND r.undone_by = $1
"""
_COUNT_DONE_AGAIN: Final = """
    UPDATE chunk SET undone = undone - (SELECT count(*) FROM work_row)
    WHERE import_id = (SELECT undoes FROM mapping.import WHERE id = $1) AND chunk_no = $2
"""
# Emails made again by the undo of an undo are those of the import that it is about.
_ORIGIN: Final = "SELECT undone_in_the_end($1)"
# What an import did goes by its undo, comes back by the undo of that, goes again by the undo of that one.
_TAKES_EMAILS_BACK: Final = """
    WITH RECURSIVE undone (undoes, depth) AS (
        SELECT undoes, 0 FROM mapping.import WHERE id = $1
        UNION ALL SELECT i.undoes, u.depth + 1 FROM undone u JOIN mapping.import i ON i.id = u.undoes
    )
    SELECT max(depth) % 2 = 0 FROM undone
"""
_DROP: Final = "DELETE FROM work_undo WHERE line_no NOT IN (SELECT line_no FROM work_row)"


async def fill(connection: Connection, undone: UUID) -> None:
    await connection.execute(_FILL, undone)


async def lock_and_compare(connection: Connection, job: Job, undone: UUID, chunk: Chunk) -> Changes:
    """What cannot be taken back any more, by group, after locking what all groups touch."""
    changes = Changes()
    for lock in _LOCKS:
        await connection.execute(lock)
    if not await whole.may_decide(connection, job):
        changes.add_whole([whole.DECIDERS], await work.leaders(connection))
        return changes
    for row in await connection.fetch(_BLOCKS, undone, chunk.chunk_no):
        changes.add(row["leader_line"], row["changed"])
    for row in await connection.fetch(_UNDONE_SINCE, undone):
        changes.add(row["leader_line"], ["undone since the check"])
    return changes


async def drop(connection: Connection) -> None:
    """Put out of hand what rows that are not in hand any more had changed."""
    await connection.execute(_DROP)


async def take_back(connection: Connection, undone: UUID) -> None:
    """Everything that the rows in hand had changed.

    What others hang on is removed after them and made again before them. An account has one owner at most, so who
    steps down goes before who steps up.
    """
    await planner.for_undo(connection)
    for statement in _ENROLLMENTS:
        await connection.execute(statement)
    await connection.execute(returning.RETURN_AUTOPAY, False)
    for statement in _METHODS_AND_LINKS:
        await connection.execute(statement)
    if await connection.fetchval(_TAKES_EMAILS_BACK, undone):
        origin = await connection.fetchval(_ORIGIN, undone)
        for statement in _NOTICES:
            await connection.execute(statement, origin)
    for is_owner in (False, True):
        await connection.execute(returning.RETURN_LINKS, is_owner)
    for statement in (*_PEOPLE, *_MADE_AGAIN):
        await connection.execute(statement)
    await connection.execute(returning.RETURN_AUTOPAY, True)
    await planner.for_present_sizes(connection)


async def note(connection: Connection, job: Job, undone: UUID, chunk: Chunk) -> None:
    await connection.execute(_UNDONE, undone, job.import_id)
    await connection.execute(_COUNT_UNDONE, undone, chunk.chunk_no)
    await connection.execute(_DONE_AGAIN, undone)
    await connection.execute(_COUNT_DONE_AGAIN, undone, chunk.chunk_no)
