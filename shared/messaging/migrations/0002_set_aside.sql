-- The relay takes some rows of each topic in turn; what can never be sent is set aside as a dead letter.
ALTER TABLE outbox ADD COLUMN set_aside_at timestamptz;      -- beside published_at, so that older relays leave it alone
CREATE INDEX outbox_waiting ON outbox (topic, id) WHERE published_at IS NULL;
