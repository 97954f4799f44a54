-- The few large plans of which not all words are written, among all checks.
CREATE INDEX CONCURRENTLY IF NOT EXISTS import_check_without_words ON import_check (checked_at)
WHERE rows_read > 100000 AND words_of IS DISTINCT FROM check_no AND rows_removed_at IS NULL;
