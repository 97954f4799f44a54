-- Which columns of the file hold routing numbers or bank accounts, counted from 0, as reading every row showed.
ALTER TABLE import_check ADD COLUMN bank_columns int[];      -- null: not looked at
