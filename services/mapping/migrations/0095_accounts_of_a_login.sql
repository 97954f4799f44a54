-- The plan says which other accounts a new email of a login reaches.
GRANT SELECT (customer_id, login_id, role) ON crm.customer_login_link TO ci_mapping;
