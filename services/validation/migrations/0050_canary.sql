-- The chunks of a plan that are applied first: those from this number on.
CREATE TABLE canary (
    import_id uuid NOT NULL,
    check_no int NOT NULL,
    first_chunk int NOT NULL,
    rows int NOT NULL,                                       -- to apply in these chunks
    PRIMARY KEY (import_id, check_no)
);
GRANT SELECT ON canary TO ci_executor, ci_notifier, ci_mapping;
