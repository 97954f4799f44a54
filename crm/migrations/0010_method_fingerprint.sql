-- W332: who else has this bank account at this biller.
CREATE INDEX method_fingerprint ON payment_method (biller_id, fingerprint);
