-- What a file was found to hold, and that one was removed: when, why, and by which import's refusal.
ALTER TABLE secure_file
    ADD COLUMN holds_bank_data boolean,  -- null: uploaded before anybody looked
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN deleted_reason text,
    ADD COLUMN deleted_for uuid;
