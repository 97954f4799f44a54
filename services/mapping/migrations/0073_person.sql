-- People with the name and address of their last sign-in: pages name them, and approvers are told by email.
CREATE TABLE person (
    subject text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,                                     -- empty: the provider told none
    seen_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON person TO ci_notifier;
