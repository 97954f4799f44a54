-- Which import a round belongs to.
CREATE OR REPLACE VIEW import_status WITH (security_invoker = true) AS
SELECT v.import_id, v.biller_id, v.kind,
       CASE
           WHEN v.state = 'cancelled' AND v.phase < 1099511627779 AND v.chunks IS NOT NULL THEN 'cancelling'
           WHEN v.state IN ('approved', 'running') AND j.waiting_since IS NOT NULL THEN 'waiting'
           ELSE v.state
       END AS state,
       v.phase, v.verdict_phase, v.check_no, v.progress_check, v.rows_read, v.bytes_read, v.bytes_total, v.planned,
       v.check_codes, v.result_codes, v.undecided, v.chunks, v.chunks_done, v.applied, v.no_change, v.skipped, v.held,
       v.failed, v.defined_at, v.started_at, v.finished_at, v.revision, v.updated_at,
       j.waiting_since, j.waiting_reason,
       b.name AS biller_name, f.name AS file_name,
       i.requester ->> 'name' AS requester_name, i.requester ->> 'subject' AS requester_subject,
       i.undoes, i.retries, i.round
FROM import_view v
JOIN mapping.import i ON i.id = v.import_id
JOIN mapping.secure_file f ON f.id = i.file_id
JOIN crm.biller b ON b.id = v.biller_id
LEFT JOIN execution.job j ON j.import_id = v.import_id AND j.finished_at IS NULL;

CREATE OR REPLACE VIEW import_standing WITH (security_invoker = true) AS
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
       CASE WHEN j.continued_at IS NULL AND j.state = 'running' THEN j.paused_at END AS in_review_since,
       s.retries, s.round
FROM import_status s
LEFT JOIN execution.job j ON j.import_id = s.import_id AND j.finished_at IS NULL;
