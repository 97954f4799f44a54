"""Import the first rows of a file for a biller; prints the seconds it took."""

import importlib
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peer_django.configuration"
django.setup()
biller_id, file, rows = sys.argv[1:]
print(importlib.import_module("bench.peer_django.paperless").run(int(biller_id), file, int(rows)))
