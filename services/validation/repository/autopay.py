"""Rules autopay-*: the customers' own choices, the methods they have, and which becomes the default."""

from typing import Final

from services.validation.repository.tables import WorkingTables
from services.validation.subject import Subject

# The enrollments of the chosen types as the check sees them.
_SEEN_TYPE: Final = """
SELECT e.customer_id, t.position,
       seen_enrollment_1(e.status, e.payment_method_id::text) AS state,
       seen_autopay_1(
           e.invoice_type_id, e.origin, e.follow_default, e.effective_from, e.ends_on, e.max_amount, e.mandate_id,
           m.fingerprint
       ) AS terms,
       e.status = 'active' AND m.fingerprint = decode(f.identity, 'hex') AS same,
       e.status <> 'active' AS refused,
       m.fingerprint <> decode(f.identity, 'hex') AND e.origin IN ('customer', 'csr') AS own_method,
       e.status = 'active' AND m.fingerprint <> decode(f.identity, 'hex') AS changes,
       concat_ws(
           ' ••••', CASE m.kind WHEN 'card' THEN 'card' ELSE 'bank account' END, coalesce(m.account_last4, m.card_last4)
       ) AS method
FROM lookup f
JOIN crm.autopay_enrollment e ON e.customer_id = f.customer_id
JOIN chosen_type t ON t.invoice_type_id = e.invoice_type_id
JOIN crm.payment_method m ON m.id = e.payment_method_id
WHERE f.code IS NULL
"""

_SEEN: Final = """
SELECT customer_id,
       array_agg(position) AS positions,
       array_agg(state) AS states,
       bit_xor(terms) AS terms,
       bool_or(refused OR own_method AND NOT $1) AS own_choice,
       bool_or(own_method) AS own_method,
       bool_or(changes AND NOT own_method) AS moves,
       string_agg(DISTINCT method, ', ') FILTER (WHERE changes) AS replaced_method,
       count(*) FILTER (WHERE same) AS same
FROM seen_type
GROUP BY customer_id
"""

# One method of a login that its rows describe differently: the first row would decide what is debited (R131).
_CONFLICTING_METHOD: Final = """
SELECT f.login_id, f.identity
FROM lookup f
JOIN login_accounts b ON b.login_id = f.login_id
JOIN staged s ON s.line_no = f.line_no
WHERE f.code IS NULL
GROUP BY f.login_id, f.identity
HAVING min(coalesce(s.account_type, '')) <> max(coalesce(s.account_type, ''))
    OR min(coalesce(s.holder_type, '')) <> max(coalesce(s.holder_type, ''))
    OR min(coalesce(s.exp_year * 12 + s.exp_month, 0)) <> max(coalesce(s.exp_year * 12 + s.exp_month, 0))
    OR min(coalesce(lower(s.card_brand), '')) <> max(coalesce(lower(s.card_brand), ''))
    OR min(coalesce(s.card_last4, '')) <> max(coalesce(s.card_last4, ''))
"""

# 6: suspended, cancelled or another method of the customer's own (C215); another method, whoever enrolled the customer
# with it (C246); already so (W333); otherwise 7: applied.
_ANSWERED: Final = """
SELECT f.line_no, f.login_id, f.identity,
       CASE
           WHEN f.code IS NOT NULL THEN f.code
           WHEN t.login_id IS NOT NULL THEN 'R131'
           WHEN s.own_choice THEN 'C215'
           WHEN s.moves AND NOT $2 THEN 'C246'
           WHEN s.same = $1 THEN 'W333'
       END AS code,
       CASE
           WHEN NOT s.own_choice AND t.login_id IS NULL AND (s.own_method OR s.moves)
               THEN array_remove(
                   ARRAY[CASE WHEN s.own_method THEN 'C215' END, CASE WHEN s.moves AND $2 THEN 'C246' END], NULL
               )
       END AS replaces,
       s.replaced_method, s.positions, s.states, s.terms
FROM lookup f
LEFT JOIN conflicting_method t ON t.login_id = f.login_id AND t.identity = f.identity
LEFT JOIN seen s ON s.customer_id = f.customer_id
"""

# 7: the login's own method with this fingerprint.
_OWN_METHOD: Final = """
SELECT r.line_no, m.id AS payment_method_id, seen_method_1(m.status) AS seen_method
FROM answered r
JOIN crm.payment_method m
    ON m.login_id = r.login_id AND m.biller_id = $1 AND m.fingerprint = decode(r.identity, 'hex')
WHERE r.code IS NULL
"""

# 7: the rows whose new method becomes the default of a login that is there.
_DEFAULT_ROW: Final = """
SELECT first.line_no
FROM (SELECT login_id, min(line_no) AS line_no FROM answered WHERE code IS NULL GROUP BY login_id) AS first
LEFT JOIN own_method o ON o.line_no = first.line_no
WHERE first.login_id IS NOT NULL AND o.line_no IS NULL
    AND NOT EXISTS (SELECT FROM crm.payment_method m WHERE m.login_id = first.login_id AND m.is_default)
    AND NOT EXISTS (
        SELECT
        FROM crm.customer_login_link k
        JOIN crm.autopay_enrollment e ON e.customer_id = k.customer_id AND e.status = 'active'
        WHERE k.login_id = first.login_id AND k.role = 'owner'
    )
"""

# W332: the method is known at this biller under another login, in the CRM or in this file.
_SHARED_METHOD: Final = """
SELECT r.line_no
FROM answered r
JOIN crm.payment_method m ON m.biller_id = $1 AND m.fingerprint = decode(r.identity, 'hex')
WHERE r.code IS NULL AND m.status <> 'removed' AND m.login_id IS DISTINCT FROM r.login_id
UNION
SELECT r.line_no
FROM answered r
JOIN (
    SELECT identity
    FROM answered
    WHERE code IS NULL
    GROUP BY identity
    HAVING min(coalesce(login_id, -line_no)) <> max(coalesce(login_id, -line_no))
) AS several ON several.identity = r.identity
WHERE r.code IS NULL
"""

_DECIDED: Final = """
SELECT f.line_no, f.ordinal, f.told, f.customer_id, f.login_id, f.identity, NULL::text AS made_for,
       f.login_email, f.login_status, r.code,
       CASE
           WHEN coalesce(f.also, r.replaces) IS NULL AND b.login_id IS NULL AND x.line_no IS NULL THEN NULL
           ELSE nullif(f.also || r.replaces || array_remove(ARRAY[
               CASE WHEN r.code IS NULL AND b.here > 1 THEN 'W321' END,
               CASE WHEN x.line_no IS NOT NULL THEN 'W332' END
           ], NULL), '{}')
       END AS also,
       CASE WHEN f.login_id IS NULL THEN 'create_shell' ELSE 'none' END AS login_action,
       false AS by_delivery, false AS keeps_name,
       r.positions, r.states, r.replaced_method,
       o.payment_method_id,
       f.login_id IS NULL OR d.line_no IS NOT NULL AS make_default,
       NULL::text AS kept_email, NULL::bigint AS owner_id, NULL::text AS link_role,
       f.seen_name, NULL::bigint AS seen_login, NULL::bigint AS seen_accounts, NULL::bigint AS seen_owner,
       NULL::bigint AS seen_role, r.terms AS seen_enrollments, o.seen_method, NULL::bigint AS seen_linked
FROM lookup f
JOIN answered r ON r.line_no = f.line_no
LEFT JOIN login_accounts b ON b.login_id = f.login_id
LEFT JOIN own_method o ON o.line_no = f.line_no
LEFT JOIN default_row d ON d.line_no = f.line_no
LEFT JOIN shared_method x ON x.line_no = f.line_no
"""


async def decide(work: WorkingTables, subject: Subject) -> None:
    await work.make("seen_type", _SEEN_TYPE)
    await work.make("seen", _SEEN, subject.chose("C215", "replace"))
    await work.make("conflicting_method", _CONFLICTING_METHOD)
    await work.make("answered", _ANSWERED, len(subject.invoice_types), subject.chose("C246", "replace"))
    await work.make("own_method", _OWN_METHOD, subject.biller_id)
    await work.make("default_row", _DEFAULT_ROW)
    await work.make("shared_method", _SHARED_METHOD, subject.biller_id)
    await work.make("decided", _DECIDED)
