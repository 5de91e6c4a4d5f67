"""Whose copy leaked: parts, fingerprints, verdict with its bound."""
