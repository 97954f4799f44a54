-- Auditors see who did what; on the right for every biller. Nobody has it by another right.
ALTER TABLE operator_right ADD COLUMN may_audit boolean NOT NULL DEFAULT false;
