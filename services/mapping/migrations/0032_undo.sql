-- An undo is an import of its own. Its definition holds that of the import it undoes under `of`, so that a service of
-- the last release finds no definition and refuses it, rather than take it for an import.
ALTER TABLE import
    ADD COLUMN undoes uuid,
    ADD CONSTRAINT import_undoes_fkey FOREIGN KEY (undoes) REFERENCES import NOT VALID;
