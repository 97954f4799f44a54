-- People look for a customer by account number, email or login name; nothing else of customers and logins is read.
GRANT SELECT (id, biller_id, account_number) ON crm.customer TO ci_notifier;
GRANT SELECT (id, realm_id, login_name, email) ON crm.login TO ci_notifier;
GRANT SELECT (customer_id, login_id) ON crm.customer_login_link TO ci_notifier;
