"""Scenarios as bytes and events, the toy target, alterations."""
