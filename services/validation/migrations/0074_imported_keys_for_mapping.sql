-- The import that is most like another one is looked up by a few of the keys of its rows.
GRANT SELECT ON imported_key TO ci_mapping;
