-- What was really said, for the trail and for the executors: a message on a topic alone proves nothing.
GRANT SELECT (event_id, topic, body) ON outbox TO ci_notifier, ci_executor;
-- How many chunks a plan has; nothing of its rows.
GRANT SELECT (import_id, chunk_no) ON plan_row TO ci_notifier;
