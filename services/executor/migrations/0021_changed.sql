-- What of the CRM was not as the check saw it, by the names of shared/contracts/facts.py: for a row that was held
-- because of it (R198), and, of the whole import, for a chunk. Null: nothing was, or an earlier release wrote it.
ALTER TABLE row_result ADD COLUMN changed text[];
ALTER TABLE chunk ADD COLUMN changed text[];
GRANT SELECT (changed) ON row_result TO ci_notifier;          -- wherever it does not read the whole table any more
