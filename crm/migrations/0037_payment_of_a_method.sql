ALTER TABLE payment
    ADD CONSTRAINT payment_of_a_method FOREIGN KEY (payment_method_id) REFERENCES payment_method NOT VALID;
