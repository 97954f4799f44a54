-- What rows carry beside what 0001 knows, and a directory of routing numbers where an operator has loaded one.
ALTER TABLE plan_row
    ADD COLUMN starts_on date,
    ADD COLUMN evidence jsonb,                               -- of the authorization or consent, by field name
    ADD COLUMN link_role text CHECK (link_role IN ('owner', 'oversight', 'guest'));  -- null: owner

-- The thousand smallest hashes of the file's pairs of account number and method or email (C203).
ALTER TABLE import_check ADD COLUMN row_keys bigint[];

CREATE TABLE routing_number (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{9}$'),
    replaced_by text CHECK (replaced_by ~ '^[0-9]{9}$')
);
