-- Which rows were undone: they are no rows to try again, and chosen rows are undone where they stand.
GRANT SELECT (undone_by) ON row_result TO ci_mapping;
