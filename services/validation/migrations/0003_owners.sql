-- Rows whose login is not the owner: a further user, or one that takes the owner's place.
ALTER TABLE plan_row ADD COLUMN owner_id bigint;             -- the owner the plan saw, where it is not login_id
