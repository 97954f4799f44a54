-- Status views, the event trail and the mails.
CREATE TABLE import_view (
    import_id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN
        ('checking', 'rejected', 'held', 'approved', 'running', 'completed', 'completed_with_errors', 'failed',
         'cancelled')),
    check_no int,
    rows_read int NOT NULL DEFAULT 0,                        -- progress of the check
    bytes_read bigint NOT NULL DEFAULT 0,
    bytes_total bigint NOT NULL DEFAULT 0,
    planned jsonb,
    codes jsonb NOT NULL DEFAULT '{}',
    undecided text[] NOT NULL DEFAULT '{}',
    chunks int,
    chunks_done int NOT NULL DEFAULT 0,
    applied int NOT NULL DEFAULT 0,
    no_change int NOT NULL DEFAULT 0,
    skipped int NOT NULL DEFAULT 0,
    held int NOT NULL DEFAULT 0,
    failed int NOT NULL DEFAULT 0,
    defined_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX import_view_recent ON import_view (defined_at DESC);

CREATE TABLE trail (                                         -- what happened to an import, in order
    event_id uuid PRIMARY KEY,
    import_id uuid NOT NULL,
    event text NOT NULL,
    occurred_at timestamptz NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX trail_import ON trail (import_id, occurred_at);

CREATE TABLE mail (
    import_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    message_id text NOT NULL UNIQUE,                         -- the same in every try
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'given_up')),
    attempts int NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    last_problem text,
    queued_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    PRIMARY KEY (import_id, recipient_id)
);
CREATE INDEX mail_pending ON mail (not_before) WHERE state = 'pending';
