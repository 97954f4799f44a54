-- The plan of an undo. Rows to apply have no seen_login_status, so that an executor of the last release holds them.
ALTER TABLE import_check ADD COLUMN undoes uuid;
