-- Who may change the texts of emails to customers, and switch them off: of a biller, or with the right for every one.
ALTER TABLE operator_right ADD COLUMN may_edit_emails boolean NOT NULL DEFAULT false;
