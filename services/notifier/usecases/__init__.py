"""What people see of imports, whichever way they come: the API and the pages call these."""
