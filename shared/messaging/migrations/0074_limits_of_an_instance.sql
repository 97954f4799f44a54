-- The limits that a process keeps to, by the name of their setting, for the operations page.
ALTER TABLE instance ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';
