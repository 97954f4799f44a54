"""Demo data: three billers with some thousand invented customers, and a sample import of each kind."""

from stack.demo.loading import DemoData, load, make_samples
from stack.demo.sample import Sample
from stack.demo.uploads import put_samples

__all__ = ["DemoData", "Sample", "load", "make_samples", "put_samples"]
