-- What the file says of a row for the log alone, by field name; as the plan has it.
ALTER TABLE row_result ADD COLUMN for_log jsonb;
