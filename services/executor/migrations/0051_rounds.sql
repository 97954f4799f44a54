-- Which rows of an import can be tried again, and which of them have succeeded.
GRANT SELECT (import_id, line_no, outcome, codes, account_number, login_id) ON row_result TO ci_mapping;
