CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS import_round ON import (retries, round) WHERE retries IS NOT NULL;
