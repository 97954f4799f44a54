-- Which import an undo undoes.
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
       i.undoes
FROM import_view v
JOIN mapping.import i ON i.id = v.import_id
JOIN mapping.secure_file f ON f.id = i.file_id
JOIN crm.biller b ON b.id = v.biller_id
LEFT JOIN execution.job j ON j.import_id = v.import_id AND j.finished_at IS NULL;
