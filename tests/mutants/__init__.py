"""Known-bad builds: faults that somebody could make, each with the tests that have to notice it.

`make mutants` plants them one at a time in a copy of the tree and expects red. They are written down in `catalog/`, by
area: where, what instead of what, and which tests are to fail.
"""
