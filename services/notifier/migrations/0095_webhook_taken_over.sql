-- Events are sent while whoever is responsible for a webhook may manage webhooks there: who made it, or took it over last.
ALTER TABLE webhook ADD COLUMN taken_over_by text;
