-- What the file says of a row for the log alone, by field name.
ALTER TABLE plan_row ADD COLUMN for_log jsonb;
