-- The processes of this service that are alive: each writes its row every few seconds, and removes it when it ends.
CREATE TABLE instance (
    id uuid PRIMARY KEY,
    name text NOT NULL,                                      -- host and process
    version text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,                            -- the last sign of life
    work jsonb NOT NULL DEFAULT '[]',                        -- [{what, import_id, part, since}]: ids only
    problems text[] NOT NULL DEFAULT '{}'                    -- what it cannot do for the time being, in plain words
);

-- The operations page is the notifier's. Of messages it learns no more than how many wait, and for how long.
GRANT SELECT ON instance TO ci_notifier;
GRANT SELECT (created_at, published_at, set_aside_at) ON outbox TO ci_notifier;
GRANT SELECT (created_at, resent_at) ON dead_letter TO ci_notifier;
