-- Whether what was imported before was undone.
GRANT SELECT (counts, undone) ON chunk TO ci_validation;
