-- What a check saw of the CRM, as the run will see it again (docs/facts.md). Each function says which facts of a record
-- count; check and executor use the same one. A function is never changed: other facts are another number, and a plan
-- keeps to the one it was written with.
CREATE FUNCTION seen_name_1(name text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(name), 0);

-- A login whose email a paperless import changes, or leaves alone though it differs.
CREATE FUNCTION seen_mailbox_1(login_name text, email_cc text, verified_at timestamptz, import_kind text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(ROW(login_name, email_cc, verified_at, import_kind), 0);

-- A login that a registration claims or links.
CREATE FUNCTION seen_person_1(login_name text, first_name text, last_name text, phone text, import_kind text)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(ROW(login_name, first_name, last_name, phone, import_kind), 0);

-- An owner beside whom, or in whose place, another login is linked.
CREATE FUNCTION seen_owner_1(email text, status text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(email, status), 0);

-- One of the accounts of a login; those of one login are put together with bit_xor.
CREATE FUNCTION seen_account_1(customer_id bigint, biller_id bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(customer_id, biller_id), 0);

-- The role of a login at an account; null: it has none.
CREATE FUNCTION seen_role_1(role text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(role), 0);

-- An enrollment, beside status, method and address, which plan_row keeps; those of one customer are put together.
CREATE FUNCTION seen_autopay_1(
    type_id bigint, origin text, follow_default boolean, effective_from date, ends_on date, max_amount numeric,
    mandate_id bigint, fingerprint bytea
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(
    ROW(type_id, origin, follow_default, effective_from, ends_on, max_amount, mandate_id, fingerprint), 0
);
CREATE FUNCTION seen_paperless_1(type_id bigint, origin text, consent_id bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(type_id, origin, consent_id), 0);

-- The payment method that a row uses again.
CREATE FUNCTION seen_method_1(status text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(status), 0);

-- The settings of a biller that verdicts depend on; the name only where the file has a column for it.
CREATE FUNCTION seen_biller_1(
    realm_id bigint, account_number_case text, links_accounts boolean, confirm_required boolean, name text
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(ROW(realm_id, account_number_case, links_accounts, confirm_required, name), 0);

-- One row a chunk, and in step with line_no what was seen for each row to apply; null: nothing that counts. A table of
-- its own, for executors of the version before take plan_row as it was when they started.
CREATE TABLE plan_seen (
    import_id uuid NOT NULL,
    chunk_no int NOT NULL,
    line_no int[] NOT NULL,
    name bigint[] NOT NULL,                                  -- of the customer, where the file has one too
    login bigint[] NOT NULL,                                 -- seen_mailbox or seen_person
    accounts bigint[] NOT NULL,                              -- that the login owns
    owner bigint[] NOT NULL,
    role bigint[] NOT NULL,                                  -- that the login to be linked has already
    enrollments bigint[] NOT NULL,                           -- of the chosen types
    method bigint[] NOT NULL,
    PRIMARY KEY (import_id, chunk_no)
);
-- Hashes do not get smaller by compression.
ALTER TABLE plan_seen
    ALTER name SET STORAGE EXTERNAL, ALTER login SET STORAGE EXTERNAL, ALTER accounts SET STORAGE EXTERNAL,
    ALTER owner SET STORAGE EXTERNAL, ALTER role SET STORAGE EXTERNAL, ALTER enrollments SET STORAGE EXTERNAL,
    ALTER method SET STORAGE EXTERNAL;

ALTER TABLE import_check
    ADD COLUMN seen_biller bigint,                           -- null: by a check that did not keep it
    ADD COLUMN seen_types bigint[];                          -- the chosen invoice types, in their order

GRANT SELECT ON plan_seen TO ci_executor;
