-- Bounces that the mail provider reports. The address itself is not kept, only what tells whether it is still the same.
ALTER TABLE customer_email
    ADD COLUMN address_hash bytea,                           -- SHA-256 of the address it went to, in lower case
    ADD COLUMN bounced_at timestamptz,
    ADD COLUMN returned int;                                 -- enrollments that went back to paper for it
