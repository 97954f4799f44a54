-- Whoever removes a customer is asked by this foreign key.
CREATE INDEX CONCURRENTLY IF NOT EXISTS authorization_customer
    ON authorization_record (customer_id) WHERE customer_id IS NOT NULL;
