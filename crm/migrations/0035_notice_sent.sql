ALTER TABLE notice ADD COLUMN sent_at timestamptz;           -- null: still queued, so that an undo can withdraw it
