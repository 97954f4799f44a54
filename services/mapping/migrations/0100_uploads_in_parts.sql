-- A file that comes in parts, over more than one request, and goes on where it broke off. What is known of it stays for a
-- while after its end, so that asking again tells what became of it.
CREATE TABLE upload (
    id uuid PRIMARY KEY,
    biller_id bigint NOT NULL,
    begun_by text NOT NULL,
    key uuid,
    name text NOT NULL,
    kind_hint text NOT NULL,
    made_for uuid,
    metadata text NOT NULL,
    length bigint NOT NULL CHECK (length > 0),
    received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
    sha256 text,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'complete', 'refused', 'cancelled', 'expired')),
    refusal text,
    file_id uuid REFERENCES secure_file (id),
    begun_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'complete') = (received = length)),
    CHECK ((state = 'complete') = (file_id IS NOT NULL))
);
CREATE INDEX upload_of_biller ON upload (biller_id, begun_by) WHERE state = 'open';
CREATE INDEX upload_untouched ON upload (touched_at);
CREATE UNIQUE INDEX upload_of_key ON upload (biller_id, begun_by, key) WHERE state IN ('open', 'complete');

-- Its objects in the Secure Upload. One is entered before it is stored, so that none is ever forgotten; with a size it counts.
CREATE TABLE upload_part (
    id uuid PRIMARY KEY,
    upload_id uuid NOT NULL REFERENCES upload (id),
    starts_at bigint NOT NULL CHECK (starts_at >= 0),
    size bigint CHECK (size > 0),
    sha256 text,
    begun_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX upload_part_of ON upload_part (upload_id, starts_at);
