-- What a few rows changed in the CRM, for whoever may see their import. The record as a whole stays the executor's alone.
CREATE FUNCTION changes_of_rows(of_imports uuid[], lines int[])
RETURNS TABLE (import_id uuid, line_no int, changes jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    SELECT r.import_id, r.line_no, r.changes
    FROM unnest(of_imports[1:100], lines[1:100]) AS asked (import_id, line_no)
    JOIN row_result r ON r.import_id = asked.import_id AND r.line_no = asked.line_no
$$;

REVOKE ALL ON FUNCTION changes_of_rows(uuid[], int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION changes_of_rows(uuid[], int[]) TO ci_notifier;
