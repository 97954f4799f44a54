ALTER TABLE import VALIDATE CONSTRAINT import_retries_fkey;
