-- By what the rows of a large plan are found without reading all of them: one row a chunk, written after the check.
-- Words are hashes of account numbers, email addresses and logins; marks are verdicts, codes, login actions and the
-- like. A chunk without a row is read whole, so that no plan has to have any.
CREATE TABLE plan_word (
    import_id uuid NOT NULL,
    chunk_no int NOT NULL,
    check_no int NOT NULL,                                   -- of the check whose plan it is about
    words int[] NOT NULL,
    marks text[] NOT NULL,
    PRIMARY KEY (import_id, chunk_no)
);
-- Hashes do not get smaller by compression.
ALTER TABLE plan_word ALTER words SET STORAGE EXTERNAL;

ALTER TABLE import_check ADD COLUMN words_of int;            -- the check_no of which all words are written

CREATE FUNCTION word_of(value text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hashtext(lower(value));

CREATE FUNCTION word_of(login_id bigint) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hashint8(login_id);

-- Every chunk of a plan; null: nobody wrote down what is in it.
CREATE VIEW planned_chunk AS
SELECT c.import_id, n.chunk_no, w.words, w.marks
FROM import_check c
CROSS JOIN LATERAL generate_series(
    0, (SELECT max(p.chunk_no) FROM plan_row p WHERE p.import_id = c.import_id)
) AS n (chunk_no)
LEFT JOIN plan_word w ON w.import_id = c.import_id AND w.chunk_no = n.chunk_no AND w.check_no = c.check_no;

GRANT SELECT ON planned_chunk TO ci_mapping, ci_executor;
