-- C204: a check looks up the logins it would change among what recent imports of the biller did.
CREATE INDEX row_result_login ON row_result (login_id, import_id) WHERE outcome = 'applied';
CREATE INDEX job_of_biller ON job (biller_id, finished_at);
