-- When the results were removed, row by row, after their retention period. The sums of the chunks stay.
ALTER TABLE job ADD COLUMN rows_removed_at timestamptz;
