-- What was really said, for the trail: a message on a topic alone proves nothing.
GRANT SELECT (event_id, topic, body) ON outbox TO ci_notifier;
