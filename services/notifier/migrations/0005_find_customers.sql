-- People look for a customer by account number, email or user name. The notifier reads no customers and no logins: it can
-- only ask, for a person, which customers of the billers that the person works for have exactly this one.
CREATE FUNCTION customers_called(asked_by text, at_biller bigint, called text)
RETURNS TABLE (customer_id bigint, account_number text, biller_id bigint, permission text, login_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = crm, pg_temp AS $$
    WITH visible AS (
        SELECT DISTINCT ON (b.id) b.id AS biller_id, b.login_realm_id, r.permission
        FROM biller b JOIN operator_right r ON r.biller_id = b.id OR r.biller_id IS NULL
        WHERE r.subject = asked_by AND (at_biller IS NULL OR b.id = at_biller)
        ORDER BY b.id, r.biller_id NULLS LAST
    ), asked_login AS (
        SELECT l.id
        FROM (SELECT DISTINCT v.login_realm_id FROM visible v) AS realm
        JOIN login l ON l.realm_id = realm.login_realm_id
            AND (lower(l.email) = lower(called) OR l.login_name IS NOT NULL AND lower(l.login_name) = lower(called))
    ), asked AS (
        SELECT c.id, c.account_number, v.biller_id, v.permission
        FROM visible v
        JOIN customer c ON c.biller_id = v.biller_id AND c.account_number = ANY (ARRAY[called, upper(called)])
        UNION
        SELECT c.id, c.account_number, v.biller_id, v.permission
        FROM asked_login l
        JOIN customer_login_link k ON k.login_id = l.id
        JOIN customer c ON c.id = k.customer_id
        JOIN visible v ON v.biller_id = c.biller_id
    )
    SELECT a.id, a.account_number, a.biller_id, a.permission, k.login_id
    FROM asked a JOIN customer_login_link k ON k.customer_id = a.id
$$;

REVOKE ALL ON FUNCTION customers_called(text, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_called(text, bigint, text) TO ci_notifier;
