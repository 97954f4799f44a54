-- Tries are counted however they end, and billers take turns.
ALTER TABLE import_check
    ADD COLUMN begun int NOT NULL DEFAULT 0,                 -- tries since the last end that was written down
    ADD COLUMN waits int NOT NULL DEFAULT 0;                 -- tries that met with trouble that passes

-- Of the checks there ever were few are open, and of each biller the one that ended last says whose turn it is.
CREATE INDEX import_check_open ON import_check (biller_id) WHERE state IN ('pending', 'held', 'approved');
CREATE INDEX import_check_turn ON import_check (biller_id, checked_at);

-- C203: the keys of the files that were imported, so that a check looks up its own instead of reading those of all.
CREATE TABLE imported_key (
    biller_id bigint NOT NULL,
    key bigint NOT NULL,
    import_id uuid NOT NULL,
    PRIMARY KEY (biller_id, key, import_id)
);

INSERT INTO imported_key (biller_id, key, import_id)
SELECT DISTINCT c.biller_id, k.key, c.import_id
FROM import_check c
CROSS JOIN LATERAL unnest(c.row_keys) AS k (key)
WHERE c.state = 'finished';

-- A trigger, since services of the release before end imports, too, while this one is rolled out.
CREATE FUNCTION keep_imported_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path = validation AS $$
BEGIN
    INSERT INTO imported_key (biller_id, key, import_id)
    SELECT NEW.biller_id, k.key, NEW.import_id
    FROM unnest(NEW.row_keys) AS k (key)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_imported_keys AFTER UPDATE OF state ON import_check
FOR EACH ROW WHEN (NEW.state = 'finished' AND OLD.state <> 'finished')
EXECUTE FUNCTION keep_imported_keys();
