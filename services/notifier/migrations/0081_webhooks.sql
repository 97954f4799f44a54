-- Other systems that are told of imports by signed requests, and what waits for them.
CREATE TABLE webhook (
    id uuid PRIMARY KEY,
    biller_id bigint,                                        -- null: of every biller
    url text NOT NULL,
    secret bytea NOT NULL,                                   -- sealed
    former_secret bytea,                                     -- signs, too, until then
    former_until timestamptz,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    failures int NOT NULL DEFAULT 0,                         -- in a row: one that does not answer is left alone for longer and longer
    not_before timestamptz NOT NULL DEFAULT now(),           -- while something is being sent: when the claim ends
    tried_at timestamptz NOT NULL DEFAULT '-infinity'        -- they take turns
);
CREATE INDEX webhook_in_use ON webhook (tried_at) WHERE removed_at IS NULL;

CREATE TABLE webhook_delivery (                              -- written with the view, sent after the commit
    id uuid PRIMARY KEY,                                     -- the webhook-id of every try
    webhook_id uuid NOT NULL REFERENCES webhook,
    import_id uuid,                                          -- null: a ping
    occasion text NOT NULL,
    place text NOT NULL,
    body text NOT NULL,                                      -- as it is signed: ids, states and counts
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'given_up', 'dropped')),
    attempts int NOT NULL DEFAULT 0,                         -- as in `mail`
    not_before timestamptz NOT NULL DEFAULT now(),
    last_problem text,                                       -- a status or the type of an error
    queued_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
);
CREATE UNIQUE INDEX webhook_delivery_once ON webhook_delivery (webhook_id, import_id, occasion, place)
    WHERE import_id IS NOT NULL;
CREATE INDEX webhook_delivery_import ON webhook_delivery (import_id);     -- for its removal
CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, queued_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_given_up ON webhook_delivery (webhook_id, queued_at) WHERE state = 'given_up';
CREATE INDEX webhook_delivery_newest ON webhook_delivery (webhook_id, queued_at DESC, id);
