"""Every SQL statement of the service."""
