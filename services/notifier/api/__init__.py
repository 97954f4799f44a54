"""The HTTP API: states, results, events, logs."""
