-- A dead letter that nobody needs is discarded by a person, with the reason. It is settled then, like one that was
-- handled; services of the release before take it for one. Where resent_at is another moment, it was opened again since.
ALTER TABLE dead_letter
    ADD COLUMN discarded_at timestamptz,                     -- equals resent_at as long as it stays discarded
    ADD COLUMN discarded_by text,                            -- the subject of the person
    ADD COLUMN discard_reason text;

-- For the page of the notifier, and for the service itself; false where the letter is not open.
CREATE FUNCTION discard_dead_letter(letter bigint, who text, why text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH discarded AS (
        UPDATE dead_letter SET resent_at = now(), discarded_at = now(), discarded_by = who, discard_reason = left(why, 500)
        WHERE id = letter AND resent_at IS NULL RETURNING id
    )
    SELECT EXISTS (SELECT FROM discarded)
$$;
REVOKE ALL ON FUNCTION discard_dead_letter(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION discard_dead_letter(bigint, text, text) TO ci_notifier;
DO $$
BEGIN
    EXECUTE format(
        'GRANT EXECUTE ON FUNCTION discard_dead_letter(bigint, text, text) TO %I',
        'ci_' || CASE current_schema() WHEN 'execution' THEN 'executor' WHEN 'notification' THEN 'notifier'
            ELSE current_schema() END
    );
END
$$;

-- What the notifier shows of letters: no body, no key and no headers.
GRANT SELECT (
    id, partition, record_offset, reason, detail, attempts, discarded_at, discarded_by, discard_reason
) ON dead_letter TO ci_notifier;
