-- Who may look after the running system: see what waits everywhere, pause and resume it, and mend messages that could
-- not be handled. It counts on the right for every biller only.
ALTER TABLE operator_right ADD COLUMN may_operate boolean NOT NULL DEFAULT false;
