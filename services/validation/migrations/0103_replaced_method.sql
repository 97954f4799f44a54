-- Of rows to apply, the methods by which customers are enrolled at the check, as people may see them.
CREATE VIEW replaced_method AS
SELECT p.import_id, p.chunk_no, p.line_no, e.place, m.kind, m.account_type, m.card_brand,
    coalesce(m.account_last4, m.card_last4) AS last4
FROM plan_row p
CROSS JOIN LATERAL unnest(p.seen_enrollments) WITH ORDINALITY AS e (seen, place)
JOIN crm.payment_method m
    ON m.id = CASE WHEN p.method_kind IS NOT NULL THEN nullif(seen_detail_1(e.seen), '')::bigint END
WHERE p.verdict = 'apply';

GRANT SELECT ON replaced_method TO ci_mapping;
