"""Marked copies for each recipient, terms as rules, leaks matched back, evidence for strangers."""

__version__ = "0.1.0"
