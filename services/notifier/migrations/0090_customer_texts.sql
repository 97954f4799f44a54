-- What customers are told by email of what an import changed. Every version of a biller's own text stays, with who wrote
-- it and when; where there is none, the default of the release counts.
CREATE TABLE customer_text (
    biller_id bigint NOT NULL,
    about text NOT NULL,
    version int NOT NULL,
    subject text,                                            -- null, with the body: back to the default
    body text,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (biller_id, about, version),
    CHECK ((subject IS NULL) = (body IS NULL))
);

-- What fills the fields of an email to one login about one import: of the rows that the import applied and that are not
-- undone. The notifier reads no customers, no logins and no methods; it can ask for those of one email.
CREATE FUNCTION customer_email_facts(of_import uuid, of_login bigint)
RETURNS TABLE (
    biller_id bigint, biller_name text, email text, user_name text, customer_name text, account_numbers text[],
    bill_types text[], method_kind text, account_type text, card_brand text, last4 text, former_email text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = crm, pg_temp AS $$
    WITH applied AS MATERIALIZED (
        SELECT r.customer_id, r.changes
        FROM execution.row_result r
        WHERE r.login_id = of_login AND r.import_id = of_import AND r.outcome = 'applied' AND r.undone_by IS NULL
    ), account AS MATERIALIZED (
        SELECT c.id, coalesce(c.display_account_number, c.account_number) AS number, c.name
        FROM customer c WHERE c.id IN (SELECT customer_id FROM applied)
    ), autopay AS MATERIALIZED (
        SELECT e.invoice_type_id, e.payment_method_id
        FROM autopay_enrollment e WHERE e.customer_id IN (SELECT id FROM account) AND e.import_id = of_import
    ), enrolled AS (
        SELECT invoice_type_id FROM autopay
        UNION
        SELECT e.invoice_type_id
        FROM paperless_enrollment e WHERE e.customer_id IN (SELECT id FROM account) AND e.import_id = of_import
    )
    SELECT b.id, b.name, l.email, l.login_name, (SELECT min(name) FROM account),
        ARRAY(SELECT number FROM account ORDER BY number),
        ARRAY(SELECT t.alias FROM invoice_type t WHERE t.id IN (SELECT invoice_type_id FROM enrolled) ORDER BY t.alias),
        m.kind, m.account_type, m.card_brand, coalesce(m.account_last4, m.card_last4),
        (
            SELECT change #>> '{before,email}'
            FROM applied CROSS JOIN LATERAL jsonb_array_elements(changes) AS change
            WHERE change ->> 'table' = 'login' AND change ->> 'id' = of_login::text
                AND lower(change #>> '{before,email}') <> lower(change #>> '{after,email}')
            LIMIT 1
        )
    FROM execution.job j
    JOIN biller b ON b.id = j.biller_id
    JOIN login l ON l.id = of_login
    LEFT JOIN payment_method m ON m.id = (SELECT min(payment_method_id) FROM autopay)
    WHERE j.import_id = of_import
$$;

REVOKE ALL ON FUNCTION customer_email_facts(uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customer_email_facts(uuid, bigint) TO ci_notifier;
