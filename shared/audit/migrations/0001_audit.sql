-- Who did what, when and from where. Nobody changes it: services can only append, by a function, and each entry holds the
-- hash of the one before it, so that whoever gets around the database's own locks is found by `customer-import audit verify`.
CREATE TABLE entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number bigint UNIQUE,                                    -- 1, 2, 3 … without a gap; given when its transaction commits
    at timestamptz,                                          -- never before that of the entry before it
    act text NOT NULL,                                       -- `Act` in shared/audit/acts.py
    actor text NOT NULL,                                     -- the subject of a person; empty: nobody known, or the system
    source text NOT NULL,                                    -- how and from where: `page from 10.0.0.7`
    recorded_by text NOT NULL DEFAULT session_user,          -- the role of the service that says so
    import_id uuid,
    biller_id bigint,
    detail jsonb NOT NULL DEFAULT '{}',                      -- ids, codes, counts: no value of a row
    hash bytea                                               -- of this entry and of the hash before it
);
CREATE INDEX entry_import ON entry (import_id, number) WHERE import_id IS NOT NULL;
CREATE INDEX entry_actor ON entry (actor, number);

CREATE TABLE chain_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO chain_head (number, at, hash) VALUES (0, '-infinity', '');

-- The same as shared/audit/chain.py computes.
CREATE FUNCTION hash_of(given entry, before bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = audit, pg_temp AS $$
    SELECT sha256(before || convert_to(jsonb_build_array(
        given.number, to_char(given.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), given.act, given.actor,
        given.source, given.recorded_by, given.import_id, given.biller_id, given.detail
    )::text, 'UTF8'))
$$;

-- At commit: a transaction has all its other locks by then, so that nobody waits for it while he holds the chain.
CREATE FUNCTION chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
DECLARE
    head chain_head;
    chained entry := NEW;
BEGIN
    SELECT * INTO STRICT head FROM chain_head FOR UPDATE;
    chained.number := head.number + 1;
    chained.at := greatest(clock_timestamp(), head.at);
    chained.hash := hash_of(chained, head.hash);
    UPDATE entry SET number = chained.number, at = chained.at, hash = chained.hash WHERE id = chained.id;
    UPDATE chain_head SET number = chained.number, at = chained.at, hash = chained.hash;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER chain AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain();

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = audit, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER no_update BEFORE UPDATE ON entry FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_delete BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_delete BEFORE DELETE ON chain_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON chain_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Also where somebody says that this session only replicates.
ALTER TABLE entry ENABLE ALWAYS TRIGGER chain, ENABLE ALWAYS TRIGGER no_update, ENABLE ALWAYS TRIGGER no_delete,
    ENABLE ALWAYS TRIGGER no_truncate;

CREATE FUNCTION append(
    new_act text, new_actor text, new_source text, of_import uuid, of_biller bigint, new_detail jsonb
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
    INSERT INTO entry (act, actor, source, import_id, biller_id, detail)
    VALUES (new_act, new_actor, new_source, of_import, of_biller, new_detail)
$$;

REVOKE ALL ON FUNCTION hash_of(entry, bytea), chain(), refuse_change(), append(text, text, text, uuid, bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append(text, text, text, uuid, bigint, jsonb) TO ci_mapping, ci_validation, ci_executor, ci_notifier;
-- The notifier shows it.
GRANT SELECT ON entry, chain_head TO ci_notifier;
