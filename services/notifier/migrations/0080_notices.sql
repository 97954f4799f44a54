-- What people are told by mail of imports that they asked for or watch. The mails with the log are in `mail`.
CREATE TABLE notice (
    id uuid PRIMARY KEY,
    import_id uuid NOT NULL,
    subject text NOT NULL,                                   -- whom it is for; the address is looked up when it is sent
    occasion text NOT NULL CHECK (occasion IN ('held', 'waiting', 'in_review', 'started', 'finished', 'failed')),
    place text NOT NULL,                                     -- which of several: the number of a check, the time of a stop
    message_id text NOT NULL UNIQUE,                         -- the same in every try
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'given_up', 'dropped')),
    attempts int NOT NULL DEFAULT 0,                         -- as in `mail`
    not_before timestamptz NOT NULL DEFAULT now(),
    last_problem text,
    queued_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    UNIQUE (import_id, subject, occasion, place)
);
CREATE INDEX notice_pending ON notice (not_before) WHERE state = 'pending';
CREATE INDEX notice_given_up ON notice (queued_at) WHERE state = 'given_up';

CREATE TABLE notice_choice (                                 -- where somebody said so; others have the default
    subject text NOT NULL,
    occasion text NOT NULL,
    is_on boolean NOT NULL,
    chosen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, occasion)
);

CREATE TABLE watch (                                         -- an import with its rounds and undos, a biller, or, with neither, all
    subject text NOT NULL,
    biller_id bigint,
    import_id uuid,
    since timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(biller_id, import_id) <= 1),
    UNIQUE NULLS NOT DISTINCT (subject, biller_id, import_id)
);
CREATE INDEX watch_import ON watch (import_id) WHERE import_id IS NOT NULL;
CREATE INDEX watch_biller ON watch (biller_id) WHERE import_id IS NULL;
