-- The topic belongs to the key of what was heard: the id of an event on another topic says nothing. The inbox stays, and
-- is written too, as long as services of the release before may run beside these.
CREATE TABLE heard (                                         -- kept for ever: a replay months later must do nothing
    topic text NOT NULL,
    event_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, event_id)
);
GRANT SELECT ON heard TO ci_mapping, ci_validation, ci_executor, ci_notifier;
GRANT SELECT (topic) ON dead_letter TO ci_mapping, ci_validation, ci_executor, ci_notifier;

-- What was really said: a message on a topic alone proves nothing. The notifier says nothing.
DO $$
BEGIN
    IF current_schema() <> 'notification' THEN
        GRANT SELECT (event_id, topic, body) ON outbox TO ci_mapping, ci_validation, ci_executor, ci_notifier;
    END IF;
END
$$;
