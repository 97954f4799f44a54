-- The import that undos, and undos of these, are about: what they take back and make again keeps its id.
CREATE FUNCTION undone_in_the_end(of_import uuid) RETURNS uuid
LANGUAGE sql STABLE SET search_path = execution, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT id, undoes FROM mapping.import WHERE id = of_import
        UNION ALL
        SELECT i.id, i.undoes FROM above a JOIN mapping.import i ON i.id = a.undoes
    )
    SELECT id FROM above WHERE undoes IS NULL
$$;

-- As undo_blocks_2, but that what an undo of an undo made again may go with the emails and records of the import that
-- it is about; those of any other import still keep it.
CREATE FUNCTION undo_blocks_3(undone uuid, of_chunk int, chosen int[])
RETURNS TABLE (line_no int, leader_line int, code text, fact text)
LANGUAGE sql STABLE
SET search_path = execution, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET work_mem = '64MB'
SET jit = off AS $$
WITH origin AS MATERIALIZED (
    SELECT undone_in_the_end(undone) AS id
), made AS MATERIALIZED (
    SELECT p.line_no, p.leader_line, c."table" AS kind, c.id
    FROM validation.plan_row p
    JOIN row_result r ON r.import_id = p.import_id AND r.line_no = p.line_no
    CROSS JOIN LATERAL jsonb_to_recordset(r.changes) AS c ("table" text, id bigint, before jsonb)
    WHERE (SELECT id FROM origin) <> undone AND p.import_id = undone AND p.chunk_no = of_chunk
        AND r.outcome = 'applied' AND r.undone_by IS NULL AND (chosen IS NULL OR p.line_no = ANY (chosen))
        AND c."table" IN ('login', 'customer') AND c.before IS NULL
)
SELECT b.line_no, b.leader_line, b.code, b.fact
FROM undo_blocks_2(undone, of_chunk, chosen) AS b
WHERE (SELECT id FROM origin) = undone
    OR coalesce(b.fact, '') NOT IN ('email to the login', 'record of an authorization')
UNION
SELECT m.line_no, m.leader_line, 'R162', 'email to the login'
FROM made m JOIN crm.notice x ON x.login_id = m.id
WHERE m.kind = 'login' AND x.import_id <> (SELECT id FROM origin)
UNION
SELECT m.line_no, m.leader_line, 'R162', 'record of an authorization'
FROM made m JOIN crm.authorization_record x ON x.customer_id = m.id
WHERE m.kind = 'customer' AND x.import_id <> (SELECT id FROM origin)
$$;
