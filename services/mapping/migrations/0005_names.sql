-- The names that people had when they decided. Null: decided before names were kept.
ALTER TABLE decision
    ADD COLUMN decided_by_name text,
    ADD COLUMN approved_by_name text;
ALTER TABLE considered_answer ADD COLUMN considered_by_name text;
