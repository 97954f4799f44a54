-- Who corrected a cell is not the second person of its import. Null: before there was this column, or in a round, whose
-- cells are corrected by who asked for it.
ALTER TABLE correction ADD COLUMN corrected_by text;
