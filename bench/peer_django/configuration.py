"""What Django reads: the database that the benchmark names."""

import os
from urllib.parse import unquote, urlsplit

_DSN = urlsplit(os.environ["BENCH_DSN"])

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _DSN.path.lstrip("/"),
        "USER": unquote(_DSN.username or ""),
        "PASSWORD": unquote(_DSN.password or ""),
        "HOST": _DSN.hostname or "",
        "PORT": str(_DSN.port or ""),
        "OPTIONS": {"options": "-c search_path=crm"},
    }
}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "import_export"]
USE_TZ = True
