-- Who may have events of imports sent to other systems: of a biller, or with the right for every biller, of all.
ALTER TABLE operator_right ADD COLUMN may_manage_webhooks boolean NOT NULL DEFAULT false;
