-- The wizard shows how far a check is.
GRANT SELECT (import_id, bytes_read, bytes_total, rows_read) ON import_view TO ci_mapping;
