-- Sessions of the pages, so that signing out ends them everywhere. The id is a hash: nobody signs in with what stands here.
CREATE TABLE web_session (
    id bytea PRIMARY KEY,
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE INDEX web_session_seen ON web_session (last_seen_at);

-- Whether a session may still be used; one that is not known begins. Both services with pages ask here.
CREATE FUNCTION session_is_open(asked bytea, idle_seconds double precision, is_used boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = mapping, pg_temp AS $$
DECLARE
    known web_session;
BEGIN
    SELECT * INTO known FROM web_session WHERE id = asked;
    IF NOT FOUND THEN
        INSERT INTO web_session (id) VALUES (asked) ON CONFLICT (id) DO NOTHING;
        RETURN true;
    END IF;
    IF known.ended_at IS NOT NULL OR known.last_seen_at < now() - make_interval(secs => idle_seconds) THEN
        RETURN false;
    END IF;
    IF is_used AND known.last_seen_at < now() - interval '15 seconds' THEN
        UPDATE web_session SET last_seen_at = now() WHERE id = asked AND ended_at IS NULL;
    END IF;
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION session_is_open(bytea, double precision, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION session_is_open(bytea, double precision, boolean) TO ci_mapping, ci_notifier;
