-- Rows of an import that waits are corrected, too, by whoever works on it; null: by who asked for the round, and then.
ALTER TABLE correction
    ADD COLUMN corrected_by_name text,
    ADD COLUMN corrected_at timestamptz;
