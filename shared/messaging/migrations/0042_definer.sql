-- A function that runs with the rights of its owner must not find a temporary table of its caller before the table it
-- means: pg_temp is looked in first unless it is named.
DO $$
BEGIN
    EXECUTE format(
        'ALTER FUNCTION discard_dead_letter(bigint, text, text) SET search_path = %I, pg_temp', current_schema()
    );
END
$$;
