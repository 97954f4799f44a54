-- A canary: the chunks from `first_chunk` on are applied, those before are held back until a person continues.
ALTER TABLE job
    ADD COLUMN first_chunk int,                              -- null: no canary
    ADD COLUMN paused_at timestamptz,                        -- the canary is done
    ADD COLUMN continued_at timestamptz;                     -- a person has looked at it

-- Emails to customers of a canary, until it continues or the import ends.
CREATE TABLE notice_held (
    import_id uuid NOT NULL REFERENCES job,
    login_id bigint NOT NULL,
    template text NOT NULL,
    PRIMARY KEY (import_id, login_id, template)
);

-- Triggers, because executors of the last release make jobs and chunks, too. What is held back is a pending chunk that
-- is never due: they neither claim it nor take the import for finished. A plan of a check of the last release has no
-- canary, although one was asked for: everything is held back then.
CREATE FUNCTION job_has_canary() RETURNS trigger LANGUAGE plpgsql SET search_path = execution, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM mapping.canary WHERE import_id = NEW.import_id) THEN
        NEW.first_chunk := coalesce(
            (SELECT first_chunk FROM validation.canary WHERE import_id = NEW.import_id AND check_no = NEW.check_no),
            2147483647
        );
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER job_has_canary BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION job_has_canary();

CREATE FUNCTION chunk_is_held_back() RETURNS trigger LANGUAGE plpgsql SET search_path = execution, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM job
        WHERE import_id = NEW.import_id AND NEW.chunk_no < first_chunk AND continued_at IS NULL AND state = 'running'
    ) THEN
        NEW.not_before := 'infinity';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER chunk_is_held_back BEFORE INSERT ON chunk FOR EACH ROW EXECUTE FUNCTION chunk_is_held_back();

-- A person has looked at the canary: the rest is applied. False where the import is not paused. Where it waits for an
-- operator as well, its chunks rest until that one resumes it.
CREATE FUNCTION continue_import(continued_import uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    SELECT pg_notify('execution_chunk', '');
    WITH continued AS (
        UPDATE job SET continued_at = now()
        WHERE import_id = continued_import AND paused_at IS NOT NULL AND continued_at IS NULL AND state = 'running'
            AND finished_at IS NULL
        RETURNING import_id, first_chunk, waiting_since
    ), woken AS (
        UPDATE chunk c SET not_before = now(), attempts = 0 FROM continued j
        WHERE c.import_id = j.import_id AND c.state = 'pending' AND c.chunk_no < j.first_chunk
            AND j.waiting_since IS NULL
    )
    SELECT EXISTS (SELECT FROM continued)
$$;
REVOKE ALL ON FUNCTION continue_import FROM PUBLIC;
GRANT EXECUTE ON FUNCTION continue_import TO ci_mapping;

-- An operator resumes the chunks that may be applied, not those that wait for a person.
CREATE OR REPLACE FUNCTION resume_import(resumed_import uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = execution AS $$
    SELECT pg_notify('execution_chunk', '');
    WITH resumed AS (
        UPDATE job SET waiting_since = NULL, waiting_reason = NULL
        WHERE import_id = resumed_import AND waiting_since IS NOT NULL
        RETURNING import_id, CASE WHEN continued_at IS NULL THEN first_chunk END AS first_chunk
    ), woken AS (
        UPDATE chunk SET not_before = now(), attempts = 0
        WHERE import_id = (SELECT import_id FROM resumed)
            AND chunk_no >= coalesce((SELECT first_chunk FROM resumed), 0) AND chunk_no IN (
                SELECT chunk_no FROM chunk
                WHERE import_id = resumed_import AND state = 'pending' FOR UPDATE SKIP LOCKED
            )
    )
    SELECT EXISTS (SELECT FROM resumed)
$$;
-- What became of a row, beside its plan.
GRANT SELECT (import_id, line_no, outcome, codes, changed) ON row_result TO ci_mapping;
