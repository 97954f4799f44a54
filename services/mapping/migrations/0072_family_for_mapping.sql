-- Mapping asks for the family, too.
GRANT EXECUTE ON FUNCTION first_import TO ci_mapping;
