-- A round of an import: rows of it that were not applied, checked and run again as an import of their own. Its file
-- keeps every row on the line on which it stands in the file of the import.
ALTER TABLE import
    ADD COLUMN retries uuid,                                 -- the import whose rows these are
    ADD COLUMN round int,                                    -- 2 for the first of them; the import itself is round 1
    ADD COLUMN retried jsonb;                                -- outcome → rows of the round that had ended so before
ALTER TABLE import ADD CONSTRAINT import_retries_fkey FOREIGN KEY (retries) REFERENCES import NOT VALID;
ALTER TABLE secure_file ADD COLUMN made_for uuid;            -- the round that it was made or sent for: no file to choose

-- What a person corrected. Of bank accounts and tokens the last characters; whole they are in the two files alone.
CREATE TABLE correction (
    import_id uuid NOT NULL REFERENCES import,               -- the round
    line_no int NOT NULL,
    column_name text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    PRIMARY KEY (import_id, line_no, column_name)
);
GRANT SELECT ON correction TO ci_notifier;
