-- An email about an import bounced before its receiver opened a bill: who cannot be reached by email gets paper again.
ALTER TABLE row_result ADD COLUMN returned_to_paper_at timestamptz;
GRANT SELECT (returned_to_paper_at) ON row_result TO ci_notifier;

-- Cancels the paperless enrollments that the import started for the login; how many. `address` is the SHA-256 of the
-- address that bounced, in lower case. Left alone is what is not as the import left it, what goes to another address,
-- and what the customer has opened a bill of since. The new mark is kept, so that an undo still takes it back.
CREATE FUNCTION return_to_paper(of_import uuid, of_login bigint, address bytea) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    WITH started AS (
        SELECT r.line_no, (change ->> 'id')::bigint AS id, (change ->> 'mark')::bigint AS mark
        FROM row_result r CROSS JOIN LATERAL jsonb_array_elements(r.changes) AS change
        WHERE r.login_id = of_login AND r.import_id = of_import AND r.outcome = 'applied' AND r.undone_by IS NULL
            AND change ->> 'table' = 'paperless_enrollment'
            AND coalesce(change #>> '{before,status}', '') NOT IN ('active', 'pending')
    ), returned AS (
        UPDATE crm.paperless_enrollment e SET status = 'cancelled', updated_at = now()
        FROM started s, crm.login l
        WHERE e.id = s.id AND l.id = of_login AND e.status IN ('active', 'pending') AND left_paperless_1(e) = s.mark
            AND sha256(convert_to(lower(l.email), 'UTF8')) = address
            AND (e.delivery_email IS NULL OR lower(e.delivery_email) = lower(l.email))
            AND NOT EXISTS (
                SELECT FROM crm.invoice i
                WHERE i.customer_id = e.customer_id AND i.invoice_type_id = e.invoice_type_id
                    AND i.opened_at >= (SELECT j.started_at FROM job j WHERE j.import_id = of_import)
            )
        RETURNING s.line_no, e.id, left_paperless_1(new) AS mark
    ), noted AS (
        UPDATE row_result r SET returned_to_paper_at = now(), changes = (
            SELECT jsonb_agg(
                CASE WHEN x.id IS NULL THEN c.change ELSE jsonb_set(c.change, '{mark}', to_jsonb(x.mark)) END
                ORDER BY c.place
            )
            FROM jsonb_array_elements(r.changes) WITH ORDINALITY AS c (change, place)
            LEFT JOIN returned x
                ON c.change ->> 'table' = 'paperless_enrollment' AND x.id = (c.change ->> 'id')::bigint
        )
        WHERE r.import_id = of_import AND r.line_no IN (SELECT line_no FROM returned)
    )
    SELECT count(*)::int FROM returned
$$;

REVOKE ALL ON FUNCTION return_to_paper(uuid, bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION return_to_paper(uuid, bigint, bytea) TO ci_notifier;
