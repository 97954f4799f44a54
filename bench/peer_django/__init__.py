"""django-import-export with the rows of the paperless file, a process of its own (requirements-bench.txt).

In its fastest honest mode: each row is looked up, compared and written, in one transaction that keeps nothing where a
row is refused; instances come from a cache instead of one query each, writes are bulk, no report of differences is made
and models are not cleaned. A resource writes one model, so that the logins go first and the enrollments after them.
"""
