-- Emails to customers of an import that has ended, if the notifier sends them: first its queue in the CRM is read, piece
-- by piece, then one after the other is sent.
CREATE TABLE customer_email_run (
    import_id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL,                         -- an undo has that long; later while one is open
    after_login bigint NOT NULL DEFAULT 0,                   -- how far the queue was read
    read_at timestamptz,                                     -- all of it was
    done_at timestamptz,                                     -- nothing is left to send
    stopped_at timestamptz,
    stopped_by text                                          -- null, if stopped: the biller's emails are switched off
);
CREATE INDEX customer_email_run_open ON customer_email_run (not_before) WHERE done_at IS NULL;

CREATE TABLE customer_email (                                -- at most one to a login about an import, one to its former address
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    import_id uuid NOT NULL REFERENCES customer_email_run,
    login_id bigint NOT NULL,
    receiver text NOT NULL CHECK (receiver IN ('login', 'former')),
    message_id text NOT NULL UNIQUE,                         -- the same in every try; who reports a bounce names it
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'given_up', 'withdrawn', 'stopped')),
    attempts int NOT NULL DEFAULT 0,                         -- as in `mail`
    not_before timestamptz NOT NULL DEFAULT now(),
    last_problem text,                                       -- an SMTP code or the type of an error
    queued_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    UNIQUE (import_id, login_id, receiver)
);
CREATE INDEX customer_email_pending ON customer_email (import_id, not_before) WHERE state = 'pending';
CREATE INDEX customer_email_given_up ON customer_email (queued_at) WHERE state = 'given_up';

CREATE TABLE customer_emails_off (                           -- billers whose customers get none, whatever imports say
    biller_id bigint PRIMARY KEY,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON customer_emails_off TO ci_mapping;           -- the review says how many customers get an email
