"""Per-recipient marked copies, terms as rules, leaks matched back to a copy, evidence for strangers."""

__version__ = "0.1.0"
