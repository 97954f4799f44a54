-- A biller's mapping under a name. Each save is a version of its own, with who and when, and stays as it is.
CREATE TABLE recipe (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    biller_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('autopay', 'paperless', 'registration')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX recipe_name ON recipe (biller_id, kind, lower(name));

CREATE TABLE recipe_version (
    recipe_id uuid NOT NULL REFERENCES recipe,
    version int NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,                                  -- columns, account number, options, invoice types
    header text[] NOT NULL,                                  -- of the file that it was made with: later ones may drift
    saved_by text NOT NULL,
    saved_by_name text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (recipe_id, version)
);

CREATE FUNCTION keep_recipe_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A version of a recipe is never changed';
END
$$;
CREATE TRIGGER recipe_version_stays BEFORE UPDATE OR DELETE ON recipe_version
    FOR EACH ROW EXECUTE FUNCTION keep_recipe_version();

CREATE VIEW saved_recipe AS
SELECT r.id, r.biller_id, r.kind, r.name, v.version, v.content, v.header, v.saved_by, v.saved_by_name, v.saved_at
FROM recipe r JOIN recipe_version v ON v.recipe_id = r.id;

ALTER TABLE import
    ADD COLUMN recipe_id uuid,
    ADD COLUMN recipe_version int,                           -- the mapping was taken from it; it may have been changed
    ADD FOREIGN KEY (recipe_id, recipe_version) REFERENCES recipe_version;

GRANT SELECT (id, name) ON recipe TO ci_notifier;
