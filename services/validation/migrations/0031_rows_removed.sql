-- When the rows of the plan were removed, after their retention period. The check itself, its codes and sums stay.
ALTER TABLE import_check ADD COLUMN rows_removed_at timestamptz;
