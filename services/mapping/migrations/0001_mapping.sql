-- Definitions, decisions, the address book of log recipients and the register of the Secure Upload.
CREATE TABLE secure_file (
    id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    object_key text NOT NULL UNIQUE,
    kind_hint text NOT NULL CHECK (kind_hint IN ('autopay', 'paperless', 'registration', 'unknown')),
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX secure_file_biller ON secure_file (biller_id, uploaded_at DESC);

CREATE TABLE log_recipient (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    biller_id bigint NOT NULL,
    email text NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX log_recipient_once ON log_recipient (biller_id, lower(email));

CREATE TABLE import (
    id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('autopay', 'paperless', 'registration')),
    file_id uuid NOT NULL REFERENCES secure_file,
    definition jsonb NOT NULL,
    requester jsonb NOT NULL,
    request_id uuid NOT NULL UNIQUE,                         -- the idempotency key of either way in
    request_hash bytea NOT NULL,
    state text NOT NULL DEFAULT 'checking' CHECK (state IN
        ('checking', 'rejected', 'held', 'confirmed', 'approved', 'completed', 'completed_with_errors', 'failed',
         'cancelled')),
    check_no int,                                            -- the newest check heard of
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX import_biller ON import (biller_id, created_at DESC);

CREATE TABLE decision (                                      -- class, count, choice, who, when
    import_id uuid NOT NULL REFERENCES import,
    code text NOT NULL,
    choice text NOT NULL,
    count_seen int,                                          -- null: named in advance
    typed_count int,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    approved_by text,                                        -- the second person
    approved_at timestamptz,
    PRIMARY KEY (import_id, code)
);

CREATE TABLE confirmation (
    import_id uuid NOT NULL REFERENCES import,
    check_no int NOT NULL,
    confirmed_by text NOT NULL,
    confirmed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (import_id, check_no)
);

GRANT SELECT ON secure_file, import, decision, confirmation TO ci_validation, ci_executor, ci_notifier;
GRANT SELECT ON log_recipient TO ci_notifier;
