-- Who gets the log, where a person said so after the import was defined. The definition stays as it was asked for; the
-- newest choice counts, also where it names nobody.
CREATE TABLE recipient_choice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    import_id uuid NOT NULL REFERENCES import,
    recipients uuid[] NOT NULL,
    chosen_by text NOT NULL,
    chosen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX recipient_choice_import ON recipient_choice (import_id, id DESC);

CREATE VIEW import_recipients AS
SELECT i.id AS import_id, c.chosen_by, c.chosen_at,
    CASE WHEN c.id IS NOT NULL THEN c.recipients
    ELSE ARRAY(SELECT named::uuid FROM jsonb_array_elements_text(i.definition -> 'log_recipients') AS named)
    END AS recipients
FROM import i
LEFT JOIN LATERAL (
    SELECT id, recipients, chosen_by, chosen_at FROM recipient_choice WHERE import_id = i.id ORDER BY id DESC LIMIT 1
) c ON true;

GRANT SELECT ON import_recipients TO ci_validation, ci_notifier;
