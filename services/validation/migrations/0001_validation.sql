-- Checks, what they found and the plan they wrote.
CREATE TABLE import_check (
    import_id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    kind text NOT NULL,
    file_sha256 text NOT NULL,
    check_no int NOT NULL DEFAULT 1,                         -- counts the runs of the check that ended
    state text NOT NULL DEFAULT 'pending' CHECK (state IN
        ('pending', 'rejected', 'held', 'approved', 'finished', 'cancelled')),
    attempts int NOT NULL DEFAULT 0,                         -- failed tries of the current run
    not_before timestamptz NOT NULL DEFAULT now(),
    rows_read int NOT NULL DEFAULT 0,
    planned jsonb,                                           -- Counts of the plan
    impact jsonb,                                            -- customers to create, logins to change, enrolments by type …
    undecided text[] NOT NULL DEFAULT '{}',
    requested_at timestamptz NOT NULL DEFAULT now(),
    checked_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX import_check_pending ON import_check (not_before) WHERE state = 'pending';
-- One running import per biller: plans of two imports may not race for the same logins.
CREATE UNIQUE INDEX one_approved_per_biller ON import_check (biller_id) WHERE state = 'approved';
CREATE INDEX import_check_file ON import_check (biller_id, kind, file_sha256);

CREATE TABLE finding (                                       -- one line per code of the newest check
    import_id uuid NOT NULL REFERENCES import_check,
    code text NOT NULL,
    count int NOT NULL,                                      -- rows, or places for a file code
    detail jsonb NOT NULL DEFAULT '{}',                      -- places and numbers, never values of a person
    sample_lines int[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (import_id, code)
);

CREATE TABLE plan_row (
    import_id uuid NOT NULL,
    chunk_no int NOT NULL,
    line_no int NOT NULL,
    leader_line int NOT NULL,                                -- the row of the group that writes what the group shares
    verdict text NOT NULL CHECK (verdict IN ('apply', 'no_change', 'skipped', 'held', 'failed')),
    codes text[] NOT NULL,
    account_number text,
    customer_id bigint,                                      -- null with verdict apply: create the customer
    login_id bigint,                                         -- the owner the plan saw; null: none
    login_action text NOT NULL DEFAULT 'none' CHECK (login_action IN
        ('none', 'create_shell', 'create_invited', 'claim', 'update_email', 'link')),
    seen_login_email text,
    seen_login_status text,
    seen_enrollments text[],                                 -- per invoice type of the import: its state, null: none
    email text,
    email_cc text,
    delivery_email text,
    customer_name text,
    first_name text,
    last_name text,
    login_name text,
    phone text,
    address1 text,
    address2 text,
    city text,
    state text,
    zip text,
    method_kind text,
    holder_name text,
    holder_type text,
    routing_number text,
    account_enc bytea,
    account_last4 text,
    account_type text,
    token_ref text,
    token_vault text,
    card_brand text,
    card_last4 text,
    exp_year int,
    exp_month int,
    fingerprint bytea,
    payment_method_id bigint,                                -- the method the login already has, if any
    make_default boolean,
    ends_on date,
    max_amount numeric(12, 2),
    authorized_on date,
    authorization_channel text,
    authorization_reference text,
    PRIMARY KEY (import_id, chunk_no, line_no)
);

CREATE TABLE cancellation (                                  -- a running check has its row locked; it looks here
    import_id uuid PRIMARY KEY,
    heard_at timestamptz NOT NULL DEFAULT now()
);

-- Each code once, in order; nulls and a missing list are nothing.
CREATE FUNCTION sorted_codes(codes text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT code ORDER BY code), '{}') FROM unnest(codes) AS code WHERE code IS NOT NULL
$$;

GRANT SELECT ON import_check, finding TO ci_mapping, ci_notifier;
GRANT SELECT ON import_check, plan_row TO ci_executor;
