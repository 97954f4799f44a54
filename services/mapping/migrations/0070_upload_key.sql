-- Which file an upload with an idempotency key became: the same key of the same person never makes a second one.
CREATE TABLE upload_key (
    biller_id bigint NOT NULL,
    uploaded_by text NOT NULL,
    key uuid NOT NULL,
    file_id uuid NOT NULL REFERENCES secure_file (id),
    PRIMARY KEY (biller_id, uploaded_by, key)
);
