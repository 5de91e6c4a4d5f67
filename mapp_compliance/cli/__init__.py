"""The command line."""

from mapp_compliance.cli.main import main

__all__ = ["main"]
