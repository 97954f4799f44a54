-- Which codes the rows of a round had before, so that the codes of an import, too, can be told as its rows ended last.
ALTER TABLE import ADD COLUMN retried_codes jsonb;           -- code → rows of the round

-- The import that a family began with: rounds, undos and undos of undos lead to it. Others ask for it by pauses and sums.
CREATE FUNCTION first_import(of_import uuid) RETURNS uuid
LANGUAGE sql STABLE SET search_path = mapping, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT id, coalesce(undoes, retries) AS parent FROM import WHERE id = of_import
        UNION ALL
        SELECT i.id, coalesce(i.undoes, i.retries) FROM above a JOIN import i ON i.id = a.parent
    )
    SELECT coalesce((SELECT id FROM above WHERE parent IS NULL), of_import)
$$;
REVOKE ALL ON FUNCTION first_import FROM PUBLIC;
GRANT EXECUTE ON FUNCTION first_import TO ci_executor, ci_notifier;
