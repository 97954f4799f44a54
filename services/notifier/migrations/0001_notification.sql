-- Status views, the event trail and the mails.
CREATE SEQUENCE import_view_revision;

CREATE TABLE import_view (
    import_id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN
        ('checking', 'rejected', 'held', 'approved', 'running', 'completed', 'completed_with_errors', 'failed',
         'cancelled')),
    phase bigint NOT NULL DEFAULT 0,                         -- how far the event that set the state is: later ones win
    verdict_phase bigint NOT NULL DEFAULT 0,                 -- the same for planned, check_codes, undecided and chunks
    check_no int,
    progress_check int NOT NULL DEFAULT 0,                   -- the check that the progress belongs to
    rows_read int NOT NULL DEFAULT 0,                        -- progress of the check
    bytes_read bigint NOT NULL DEFAULT 0,
    bytes_total bigint NOT NULL DEFAULT 0,
    planned jsonb,
    check_codes jsonb NOT NULL DEFAULT '{}',                 -- what the newest check found
    result_codes jsonb NOT NULL DEFAULT '{}',                -- what stands on the rows at the end; these win
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
    revision bigint NOT NULL DEFAULT nextval('import_view_revision'),   -- the id of server-sent events
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX import_view_recent ON import_view (defined_at DESC, import_id DESC);
CREATE INDEX import_view_biller ON import_view (biller_id, defined_at DESC, import_id DESC);
CREATE INDEX import_view_revision_order ON import_view (revision);
GRANT USAGE ON SEQUENCE import_view_revision TO ci_notifier;

-- What a person sees of an import: the state, and the names that belong to its ids.
CREATE VIEW import_overview WITH (security_invoker = true) AS
SELECT v.*, b.name AS biller_name, f.name AS file_name,
       i.requester ->> 'name' AS requester_name, i.requester ->> 'subject' AS requester_subject
FROM import_view v
JOIN mapping.import i ON i.id = v.import_id
JOIN mapping.secure_file f ON f.id = i.file_id
JOIN crm.biller b ON b.id = v.biller_id;
GRANT SELECT ON import_overview TO ci_notifier;

CREATE TABLE trail (                                         -- what happened to an import, in order
    event_id uuid PRIMARY KEY,
    import_id uuid NOT NULL,
    event text NOT NULL,
    occurred_at timestamptz NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX trail_import ON trail (import_id, occurred_at, event_id);

CREATE TABLE mail (
    import_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    message_id text NOT NULL UNIQUE,                         -- the same in every try
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'given_up')),
    attempts int NOT NULL DEFAULT 0,                         -- counts claims, so it also tells one claim from the next
    not_before timestamptz NOT NULL DEFAULT now(),           -- while a mail is being sent: when the claim ends
    last_problem text,                                       -- an SMTP code or the type of an error, never an address
    queued_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    PRIMARY KEY (import_id, recipient_id)
);
CREATE INDEX mail_pending ON mail (not_before) WHERE state = 'pending';
