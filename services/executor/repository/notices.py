"""Emails to customers, queued for the CRM to send; those of a canary wait until it continues."""

from typing import Final

from services.executor.domain import Job
from shared.postgres import Connection

# Nothing is said to a login without an address, nor about enrolments that were pending already.
_QUEUE: Final = """
    INSERT INTO crm.notice (login_id, template, import_id)
    SELECT DISTINCT w.login_id, n.template, $1::uuid
    FROM work_row w
    JOIN crm.login l ON l.id = w.login_id AND l.email IS NOT NULL
    CROSS JOIN LATERAL (VALUES
        ('autopay_moved', $2::text = 'autopay'),
        ('paperless_started', $2 = 'paperless' AND EXISTS (
            SELECT FROM work_change c
            WHERE c.line_no = w.line_no AND c.change::json ->> 'table' = 'paperless_enrollment'
                AND coalesce(c.change::json #>> '{before,status}', '') NOT IN ('active', 'pending')
        )),
        ('email_changed', w.login_action = 'update_email'),
        ('activation', w.login_action IN ('create_invited', 'claim')),
        ('account_added', w.login_action = 'link' AND w.login_made IS NOT TRUE)
    ) AS n (template, wanted)
    WHERE n.wanted
    ORDER BY w.login_id, n.template
    ON CONFLICT (import_id, login_id, template) DO NOTHING
"""

# The same where the rows in hand are a canary.
_HOLD: Final = _QUEUE.replace("crm.notice", "notice_held")

# What a person continued, or what has ended and is not about to be undone. A login that is gone gets nothing. Every
# executor asks this after each batch: few imports have emails held, and each is looked up by its key, as is each login.
_RELEASE: Final = """
    WITH released AS (
        DELETE FROM notice_held
        WHERE import_id = ANY (ARRAY(
            SELECT h.import_id FROM (SELECT DISTINCT import_id FROM notice_held) AS h
            WHERE (
                SELECT j.continued_at IS NOT NULL OR j.finished_at IS NOT NULL AND NOT EXISTS (
                    SELECT FROM mapping.import u
                    WHERE u.undoes = j.import_id AND u.state NOT IN ('rejected', 'cancelled')
                        AND (SELECT d.finished_at FROM job d WHERE d.import_id = u.id) IS NULL
                )
                FROM job j WHERE j.import_id = h.import_id
            )
        ))
        RETURNING import_id, login_id, template
    ), queued AS (
        INSERT INTO crm.notice (login_id, template, import_id)
        SELECT r.login_id, r.template, r.import_id
        FROM released r
        WHERE (SELECT l.email FROM crm.login l WHERE l.id = r.login_id) IS NOT NULL
        ORDER BY r.login_id, r.template
        ON CONFLICT (import_id, login_id, template) DO NOTHING
    )
    SELECT EXISTS (SELECT FROM released)
"""


async def queue(connection: Connection, job: Job) -> None:
    """One mail per login and template, for whom the rows in hand changed something."""
    await connection.execute(_HOLD if job.is_canary else _QUEUE, job.import_id, job.kind)


async def release(connection: Connection) -> bool:
    """Queue the mails of canaries that need not wait any more; whether there were any."""
    return bool(await connection.fetchval(_RELEASE))
