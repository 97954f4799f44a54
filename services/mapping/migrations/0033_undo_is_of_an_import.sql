-- In a step of its own, which writers need not wait for.
ALTER TABLE import VALIDATE CONSTRAINT import_undoes_fkey;
