-- What no row is to blame for makes a job wait for an operator; stopping waits for no chunk.
ALTER TABLE job
    ADD COLUMN waiting_since timestamptz,                    -- set: no chunk is begun until an operator resumes the job
    ADD COLUMN waiting_reason text;                          -- an SQLSTATE, or the type of an error

ALTER TABLE chunk
    ADD COLUMN postponed int NOT NULL DEFAULT 0,             -- tries that ended for a passing reason; attempts counts the others
    ADD COLUMN last_problem text;                            -- of the last try that failed: an SQLSTATE, or the type of an error

-- Cancel from the mapping service, in its own transaction. It waits for nobody: no chunk holds the job, each looks at
-- its state when it begins and before it writes. Chunks that are writing may end; the job is finished after the last.
-- Chunks that rest are woken, so that their rows get their outcome now.
CREATE OR REPLACE FUNCTION cancel_import(cancelled_import uuid, of_biller bigint, cancel_reason text) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = execution AS $$
    SELECT pg_notify('execution_chunk', '');
    INSERT INTO job (import_id, biller_id, state, reason, finished_at)
    VALUES (cancelled_import, of_biller, 'cancelled', cancel_reason, now())
    ON CONFLICT (import_id) DO UPDATE
        SET state = CASE WHEN job.state = 'running' THEN 'cancelled' ELSE job.state END,
            reason = CASE WHEN job.state = 'running' THEN cancel_reason ELSE job.reason END,
            waiting_since = CASE WHEN job.state = 'running' THEN NULL ELSE job.waiting_since END,
            waiting_reason = CASE WHEN job.state = 'running' THEN NULL ELSE job.waiting_reason END;
    UPDATE chunk SET not_before = now(), attempts = 0
    WHERE import_id = cancelled_import AND chunk_no IN (
        SELECT chunk_no FROM chunk
        WHERE import_id = cancelled_import AND state = 'pending' AND not_before > now() FOR UPDATE SKIP LOCKED
    );
    SELECT state FROM job WHERE import_id = cancelled_import
$$;

-- An operator has put right what the job waited for; false where it does not wait.
CREATE FUNCTION resume_import(resumed_import uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = execution AS $$
    SELECT pg_notify('execution_chunk', '');
    WITH resumed AS (
        UPDATE job SET waiting_since = NULL, waiting_reason = NULL
        WHERE import_id = resumed_import AND waiting_since IS NOT NULL RETURNING import_id
    ), woken AS (
        UPDATE chunk SET not_before = now(), attempts = 0
        WHERE import_id = (SELECT import_id FROM resumed) AND chunk_no IN (
            SELECT chunk_no FROM chunk
            WHERE import_id = resumed_import AND state = 'pending' FOR UPDATE SKIP LOCKED
        )
    )
    SELECT EXISTS (SELECT FROM resumed)
$$;

REVOKE ALL ON FUNCTION resume_import FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resume_import TO ci_mapping;

-- An import cancelled before its approval has nothing to do: its job is finished. Where the approval is heard after all,
-- its rows still need their outcome. A trigger, because executors of the last release do not know.
-- Nobody hears of its end: there were no rows.
CREATE OR REPLACE VIEW ended_job AS
SELECT j.import_id, j.started_at, j.finished_at,
    CASE
        WHEN j.state IN ('cancelled', 'failed') THEN j.state
        WHEN EXISTS (
            SELECT FROM chunk c
            WHERE c.import_id = j.import_id
                AND ((c.counts ->> 'failed')::int > 0 OR (c.counts ->> 'held')::int > 0)
        ) THEN 'completed_with_errors'
        ELSE 'completed'
    END AS state
FROM job j
WHERE j.finished_at IS NOT NULL AND j.kind IS NOT NULL;
GRANT SELECT ON ended_job TO ci_validation;
UPDATE job SET finished_at = now() WHERE kind IS NULL AND finished_at IS NULL;
CREATE FUNCTION reopen_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.finished_at := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER job_reopened BEFORE UPDATE OF kind ON job
FOR EACH ROW WHEN (OLD.kind IS NULL AND NEW.kind IS NOT NULL) EXECUTE FUNCTION reopen_job();
