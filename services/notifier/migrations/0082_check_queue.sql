-- The checks that wait or run, in the order of their turns as the validation worker takes them: those that have begun;
-- then of each biller one, who waits longest first; then of each the second one. A check behind another import of its
-- biller stands in nobody's way. It says how many are before each, and of the first how far it has read.
GRANT SELECT (progress_check) ON import_view TO ci_mapping;

CREATE VIEW check_queue WITH (security_invoker = true) AS
SELECT q.import_id, q.has_begun, q.place - 1 AS before,
       CASE WHEN v.progress_check = q.first_check THEN v.rows_read ELSE 0 END AS first_rows_read
FROM (
    SELECT a.import_id, a.has_begun, row_number() OVER turns AS place,
           first_value(a.import_id) OVER turns AS first_id, first_value(a.check_no) OVER turns AS first_check
    FROM (
        SELECT c.import_id, c.check_no, c.begun > 0 AS has_begun,
               row_number() OVER (PARTITION BY c.biller_id ORDER BY c.begun = 0, c.not_before, c.requested_at) AS turn,
               greatest(min(c.not_before) OVER (PARTITION BY c.biller_id), t.checked_at) AS waits_since
        FROM validation.import_check c
        LEFT JOIN LATERAL (
            SELECT o.checked_at FROM validation.import_check o
            WHERE o.biller_id = c.biller_id AND o.checked_at IS NOT NULL
            ORDER BY o.checked_at DESC LIMIT 1
        ) AS t ON true
        WHERE c.state = 'pending' AND NOT EXISTS (
            SELECT FROM validation.import_check o
            WHERE o.biller_id = c.biller_id AND o.state = 'approved'
                AND (o.kind <> c.kind OR o.file_sha256 <> c.file_sha256)
        )
    ) AS a
    WINDOW turns AS (ORDER BY a.has_begun DESC, a.turn, a.waits_since, a.import_id ROWS UNBOUNDED PRECEDING)
) AS q
LEFT JOIN import_view v ON v.import_id = q.first_id;
GRANT SELECT ON check_queue TO ci_mapping;
