-- Whoever asked for the approval is told that it was returned; null: returned by a release that kept nobody.
ALTER TABLE returned ADD COLUMN asked_by text;
