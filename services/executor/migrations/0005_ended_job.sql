-- What was really said, for the trail: a message on a topic alone proves nothing.
GRANT SELECT (event_id, topic, body) ON outbox TO ci_notifier;

-- How an import ended whose every row has its outcome, for those who hear that it has.
CREATE VIEW ended_job AS
SELECT j.import_id, j.started_at, j.finished_at,
    CASE
        WHEN j.state IN ('cancelled', 'failed') THEN j.state
        WHEN EXISTS (
            SELECT FROM chunk c
            WHERE c.import_id = j.import_id
                AND ((c.counts ->> 'failed')::int > 0 OR (c.counts ->> 'held')::int > 0)
        ) THEN 'completed_with_errors'
        ELSE 'completed'
    END AS state
FROM job j
WHERE j.finished_at IS NOT NULL;
GRANT SELECT ON ended_job TO ci_mapping, ci_notifier;
