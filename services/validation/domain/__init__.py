"""Reading rows: pure, without database and network."""
