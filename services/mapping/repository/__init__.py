"""Every SQL statement of the mapping service."""
