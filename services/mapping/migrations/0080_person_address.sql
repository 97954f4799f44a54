-- Where people get mail about imports: the address that they signed in with last, or that their token named.
CREATE TABLE person_address (
    subject text PRIMARY KEY,
    email text NOT NULL,
    known_since timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON person_address TO ci_notifier;
-- Whoever checks a file on the pages sees at once that it needs a decision.
GRANT SELECT (import_id) ON draft TO ci_notifier;
