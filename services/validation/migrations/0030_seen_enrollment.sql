-- An enrollment in plan_row.seen_enrollments: one text, made and taken apart here alone (shared/contracts/plan/seen.py).
-- The detail is the id of an autopay's payment method, a paperless' delivery email, or nothing.
CREATE FUNCTION seen_enrollment_1(status text, detail text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN status || ':' || coalesce(detail, '');

CREATE FUNCTION seen_status_1(seen text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN split_part(seen, ':', 1);

CREATE FUNCTION seen_detail_1(seen text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN substr(seen, strpos(seen, ':') + 1);
