-- Those who look after the system hold back what executors would begin: everything, a biller, or one import. Chunks in hand
-- end; rows of what was cancelled get their outcome nevertheless. Executors of the last release do not know of pauses.
CREATE TABLE pause (                                         -- kept as a record of who did so, and why
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    import_id uuid,
    biller_id bigint,                                        -- both null: everything
    paused_at timestamptz NOT NULL DEFAULT now(),
    paused_by text NOT NULL,                                 -- the subject of the person
    reason text NOT NULL,
    resumed_at timestamptz,
    resumed_by text,
    CHECK (import_id IS NULL OR biller_id IS NULL)
);
CREATE UNIQUE INDEX pause_in_force ON pause (import_id, biller_id) NULLS NOT DISTINCT WHERE resumed_at IS NULL;

-- False where the same is paused already.
CREATE FUNCTION pause_work(of_import uuid, of_biller bigint, who text, why text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    WITH paused AS (
        INSERT INTO pause (import_id, biller_id, paused_by, reason) VALUES (of_import, of_biller, who, left(why, 500))
        ON CONFLICT (import_id, biller_id) WHERE resumed_at IS NULL DO NOTHING RETURNING id
    )
    SELECT EXISTS (SELECT FROM paused)
$$;

-- False where the same is not paused.
CREATE FUNCTION resume_work(of_import uuid, of_biller bigint, who text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    SELECT pg_notify('execution_chunk', '');
    WITH resumed AS (
        UPDATE pause SET resumed_at = now(), resumed_by = who
        WHERE resumed_at IS NULL AND import_id IS NOT DISTINCT FROM of_import
            AND biller_id IS NOT DISTINCT FROM of_biller RETURNING id
    )
    SELECT EXISTS (SELECT FROM resumed)
$$;

REVOKE ALL ON FUNCTION pause_work(uuid, bigint, text, text), resume_work(uuid, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pause_work(uuid, bigint, text, text), resume_work(uuid, bigint, text) TO ci_notifier;
GRANT SELECT ON pause TO ci_notifier;
