-- Of a million rows the plan page finds the few that will not be applied without reading the others.
CREATE INDEX plan_row_not_applied ON plan_row (import_id, verdict, chunk_no, line_no) WHERE verdict <> 'apply';
