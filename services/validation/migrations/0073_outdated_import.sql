-- Imports whose rows were removed, and when they ended: what else is kept of them goes by it, in every service.
CREATE VIEW outdated_import AS
SELECT import_id, coalesce(finished_at, checked_at, requested_at) AS ended_at
FROM import_check
WHERE rows_removed_at IS NOT NULL;
GRANT SELECT ON outdated_import TO ci_mapping, ci_executor, ci_notifier;
