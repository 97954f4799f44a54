"""What people do with imports and see of them, whichever way they come: called by API, pages and handlers."""
