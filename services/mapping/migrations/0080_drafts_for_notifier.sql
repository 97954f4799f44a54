-- Whoever checks a file on the pages sees at once that it needs a decision.
GRANT SELECT (import_id) ON draft TO ci_notifier;
