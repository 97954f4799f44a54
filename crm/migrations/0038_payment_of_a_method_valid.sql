ALTER TABLE payment VALIDATE CONSTRAINT payment_of_a_method;
