-- What a person sees of an import, and whether its first rows are in review. import_status is for the last release,
-- which does not know that state.
CREATE VIEW import_standing WITH (security_invoker = true) AS
SELECT s.import_id, s.biller_id, s.kind,
       CASE
           WHEN s.state IN ('approved', 'running') AND j.paused_at IS NOT NULL AND j.continued_at IS NULL
               AND j.state = 'running'
           THEN 'in_review' ELSE s.state
       END AS state,
       s.phase, s.verdict_phase, s.check_no, s.progress_check, s.rows_read, s.bytes_read, s.bytes_total, s.planned,
       s.check_codes, s.result_codes, s.undecided, s.chunks, s.chunks_done, s.applied, s.no_change, s.skipped, s.held,
       s.failed, s.defined_at, s.started_at, s.finished_at, s.revision, s.updated_at, s.waiting_since,
       s.waiting_reason, s.biller_name, s.file_name, s.requester_name, s.requester_subject, s.undoes,
       CASE WHEN j.continued_at IS NULL AND j.state = 'running' THEN j.paused_at END AS in_review_since
FROM import_status s
LEFT JOIN execution.job j ON j.import_id = s.import_id AND j.finished_at IS NULL;
GRANT SELECT ON import_standing TO ci_notifier;

-- A recipient hears of a pause, and in the same row of the end.
ALTER TABLE mail
    ADD COLUMN about text NOT NULL DEFAULT 'end' CHECK (about IN ('end', 'pause')),
    ADD COLUMN pause_sent_at timestamptz;
