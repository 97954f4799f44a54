-- With which rows an import is to start, while the rest waits for a person; as chosen by who confirmed last.
CREATE TABLE canary (
    import_id uuid PRIMARY KEY REFERENCES import,
    rows jsonb NOT NULL,
    chosen_by text NOT NULL,
    chosen_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON canary TO ci_validation, ci_executor, ci_notifier;
