-- Where in its trace an event was said, as W3C Trace Context writes it; null where traces are off.
ALTER TABLE outbox ADD COLUMN traceparent text;

-- Work that is claimed from a table goes on with the trace of the last event of its import that this service heard.
CREATE TABLE import_trace (
    import_id uuid PRIMARY KEY,
    traceparent text NOT NULL,
    heard_at timestamptz NOT NULL DEFAULT now()
);
