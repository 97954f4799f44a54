-- The columns that a check of the file found to hold bank data, counted from 0, whatever its beginning looks like.
ALTER TABLE secure_file ADD COLUMN bank_columns int[] NOT NULL DEFAULT '{}';
