-- Emails to customers are sent once none of the import waits for the review of its first rows.
GRANT SELECT (import_id) ON notice_held TO ci_notifier;
