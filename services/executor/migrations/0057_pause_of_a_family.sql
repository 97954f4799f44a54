-- A pause of an import holds back its rounds and undos, too, and one of these holds back them all: it is kept as that of
-- the import that the family began with.
CREATE OR REPLACE FUNCTION pause_work(of_import uuid, of_biller bigint, who text, why text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    WITH paused AS (
        INSERT INTO pause (import_id, biller_id, paused_by, reason)
        VALUES (mapping.first_import(of_import), of_biller, who, left(why, 500))
        ON CONFLICT (import_id, biller_id) WHERE resumed_at IS NULL DO NOTHING RETURNING id
    )
    SELECT EXISTS (SELECT FROM paused)
$$;

CREATE OR REPLACE FUNCTION resume_work(of_import uuid, of_biller bigint, who text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    SELECT pg_notify('execution_chunk', '');
    WITH resumed AS (
        UPDATE pause SET resumed_at = now(), resumed_by = who
        WHERE resumed_at IS NULL AND mapping.first_import(import_id) IS NOT DISTINCT FROM mapping.first_import(of_import)
            AND biller_id IS NOT DISTINCT FROM of_biller RETURNING id
    )
    SELECT EXISTS (SELECT FROM resumed)
$$;
