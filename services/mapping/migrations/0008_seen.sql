-- The name that somebody had when choosing who gets the log. Null: chosen before names were kept.
ALTER TABLE recipient_choice ADD COLUMN chosen_by_name text;

CREATE OR REPLACE VIEW import_recipients AS
SELECT i.id AS import_id, c.chosen_by, c.chosen_at,
    CASE WHEN c.id IS NOT NULL THEN c.recipients
    ELSE ARRAY(SELECT named::uuid FROM jsonb_array_elements_text(i.definition -> 'log_recipients') AS named)
    END AS recipients,
    coalesce(c.chosen_by_name, c.chosen_by) AS chosen_by_name
FROM import i
LEFT JOIN LATERAL (
    SELECT id, recipients, chosen_by, chosen_by_name, chosen_at
    FROM recipient_choice WHERE import_id = i.id ORDER BY id DESC LIMIT 1
) c ON true;
