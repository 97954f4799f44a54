-- Of each topic the open letters are counted before one more is kept.
CREATE INDEX dead_letter_open ON dead_letter (topic) WHERE resent_at IS NULL;
