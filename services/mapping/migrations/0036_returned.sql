-- What a second person did not approve, with the reason: nothing waits for an approval until somebody starts it again.
CREATE TABLE returned (
    import_id uuid NOT NULL REFERENCES import,
    check_no int NOT NULL,
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 500),
    returned_by text NOT NULL,
    returned_by_name text NOT NULL,
    returned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (import_id, check_no)
);
GRANT SELECT ON returned TO ci_notifier;
