-- Checks that were answered and are run again with the considered answers, so that what is shown before the start is true.
CREATE TABLE answered_check (
    import_id uuid NOT NULL REFERENCES import,
    check_no int NOT NULL,
    answered_by text NOT NULL,
    answered_by_name text NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (import_id, check_no)
);
GRANT SELECT ON answered_check TO ci_validation, ci_notifier;
GRANT SELECT ON considered_answer TO ci_validation;
