-- Whoever removes a login is asked by this foreign key.
CREATE INDEX CONCURRENTLY IF NOT EXISTS notice_login ON notice (login_id);
