-- What does not count for a kind of import is no reason to hold its rows. Executors of the last release compare with
-- seen_biller and login, which are kept beside the new ones until nobody reads them.
CREATE FUNCTION seen_linked_1(first_name text, last_name text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(first_name, last_name), 0);

-- It holds the older hash, so that it is never taken for one that belongs to another check.
CREATE FUNCTION seen_biller_2(
    seen_biller bigint, kind text, realm_id bigint, account_number_case text, links_accounts boolean,
    confirm_required boolean, name text
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(
    ROW(
        seen_biller, realm_id, account_number_case, CASE kind WHEN 'registration' THEN links_accounts END,
        CASE kind WHEN 'paperless' THEN confirm_required END, name
    ), 0
);

ALTER TABLE import_check ADD COLUMN seen_settings bigint;    -- seen_biller_2; null: by a check that did not keep it
ALTER TABLE plan_seen ADD COLUMN linked bigint[];            -- seen_linked, of logins that a registration links
ALTER TABLE plan_seen ALTER linked SET STORAGE EXTERNAL;
