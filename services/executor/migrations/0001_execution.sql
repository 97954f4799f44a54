-- Jobs, their chunks and the one outcome every row has.
CREATE TABLE job (
    import_id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    kind text,                                               -- null: cancelled before it was approved
    state text NOT NULL CHECK (state IN ('running', 'finished', 'cancelled', 'failed')),
    reason text,                                             -- why it was cancelled or failed: a code
    check_no int,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz                                  -- set when every row has its outcome
);
CREATE INDEX job_open ON job (started_at) WHERE finished_at IS NULL;

CREATE TABLE chunk (
    import_id uuid NOT NULL REFERENCES job,
    chunk_no int NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'applied', 'skipped')),
    attempts int NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    counts jsonb,
    codes jsonb,                                             -- code → rows of this chunk
    applied_by text,
    applied_at timestamptz,
    PRIMARY KEY (import_id, chunk_no)
);
CREATE INDEX chunk_pending ON chunk (import_id, chunk_no) WHERE state = 'pending';

CREATE TABLE row_result (
    import_id uuid NOT NULL,
    line_no int NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'no_change', 'skipped', 'held', 'failed')),
    codes text[] NOT NULL,
    account_number text,
    customer_id bigint,
    login_id bigint,
    changes jsonb,                                           -- before-image: [{table, id, before, after}], bank data masked
    PRIMARY KEY (import_id, line_no)
);
CREATE INDEX row_result_attention ON row_result (import_id, outcome, line_no) WHERE outcome <> 'applied';

-- Cancel from the mapping service, in its own transaction: waits for chunks in flight, and after it nothing is applied.
-- Chunks hold the advisory lock shared. Its queue is fair, while an update of the job row alone could wait for as long
-- as the chunks of several executors overlap, since a new FOR SHARE passes by a waiting update.
CREATE FUNCTION cancel_import(cancelled_import uuid, of_biller bigint, cancel_reason text) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = execution AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(cancelled_import::text, 0));
    INSERT INTO job (import_id, biller_id, state, reason) VALUES (cancelled_import, of_biller, 'cancelled', cancel_reason)
    ON CONFLICT (import_id) DO UPDATE
        SET state = CASE WHEN job.state = 'running' THEN 'cancelled' ELSE job.state END,
            reason = CASE WHEN job.state = 'running' THEN cancel_reason ELSE job.reason END
    RETURNING state
$$;

REVOKE ALL ON FUNCTION cancel_import FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cancel_import TO ci_mapping;
GRANT SELECT ON job, chunk, row_result TO ci_notifier, ci_mapping;
GRANT SELECT ON job, row_result TO ci_validation;
