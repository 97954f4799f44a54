-- Those who look after the system see how many emails were not sent.
CREATE INDEX CONCURRENTLY IF NOT EXISTS mail_given_up ON mail (queued_at) WHERE state = 'given_up';
