"""Tools of the author and of the machine, run on copies."""

from mapp_compliance.adapters.tools.sandbox import Sandbox, SelfTest

__all__ = ["Sandbox", "SelfTest"]
