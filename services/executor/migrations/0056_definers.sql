-- A function that runs with the rights of its owner must not find a temporary table of its caller before the table it
-- means: pg_temp is looked in first unless it is named.
ALTER FUNCTION cancel_import SET search_path = execution, pg_temp;
ALTER FUNCTION resume_import SET search_path = execution, pg_temp;
