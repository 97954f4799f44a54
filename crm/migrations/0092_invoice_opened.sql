-- When the customer opened the bill: paperless works for somebody who opens bills.
ALTER TABLE invoice ADD COLUMN opened_at timestamptz;        -- null: not opened, or on paper
