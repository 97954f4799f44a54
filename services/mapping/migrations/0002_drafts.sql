-- What people have begun to define on the pages, and what they consider to answer before they confirm.
CREATE TABLE draft (
    id uuid PRIMARY KEY,                                     -- also the idempotency key of the import it becomes
    subject text NOT NULL,
    biller_id bigint NOT NULL,
    content jsonb NOT NULL DEFAULT '{}',
    import_id uuid REFERENCES import,                        -- the newest import made from it
    attempt int NOT NULL DEFAULT 0,                          -- how often it was checked: each makes an import
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX draft_person ON draft (subject, updated_at DESC);
CREATE UNIQUE INDEX draft_import ON draft (import_id);

CREATE TABLE considered_answer (                             -- becomes a decision when the check is confirmed
    import_id uuid NOT NULL REFERENCES import,
    code text NOT NULL,
    choice text NOT NULL,
    count_seen int,
    considered_by text NOT NULL,
    considered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (import_id, code)
);

-- How many customers have no bill of an invoice type, told before the type is chosen.
GRANT SELECT (id, customer_id, invoice_type_id) ON crm.invoice TO ci_mapping;
