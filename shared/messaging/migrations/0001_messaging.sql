-- What every service needs to say and hear things exactly once in effect; run once in each service's schema.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    topic text NOT NULL,
    key bytea NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,                                -- the broker answered; a hint, not a proof
    sends int NOT NULL DEFAULT 0,                            -- how often it was published
    settled_at timestamptz                                   -- every consumer has recorded it
);
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_unsettled ON outbox (published_at) WHERE settled_at IS NULL;

CREATE TABLE inbox (                                         -- kept for ever: a replay months later must do nothing
    event_id uuid PRIMARY KEY,
    topic text NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid,                                           -- null where the message does not say
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    key bytea,
    body bytea NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}',
    reason text NOT NULL,                                    -- a stable word, e.g. undecodable, refused, failing
    detail text NOT NULL,                                    -- plain words, free of values from the message
    attempts int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    resent_at timestamptz                                    -- handled after all, by hand
);
-- With the body, since a broker that lost its data counts offsets from the beginning again.
CREATE UNIQUE INDEX dead_letter_once ON dead_letter (topic, partition, record_offset, sha256(body));
CREATE INDEX dead_letter_event ON dead_letter (event_id);

-- Senders and the sweeper of every service see whether a consumer has recorded an event.
GRANT SELECT ON inbox TO ci_mapping, ci_validation, ci_executor, ci_notifier;
GRANT SELECT (event_id) ON dead_letter TO ci_mapping, ci_validation, ci_executor, ci_notifier;
