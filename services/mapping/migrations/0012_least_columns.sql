-- Of customers mapping shows and compares numbers; names and addresses it has no use for, nor had the release before.
REVOKE SELECT ON crm.customer FROM ci_mapping;
GRANT SELECT (id, biller_id, account_number, status) ON crm.customer TO ci_mapping;
