"""Tools of the author and of the machine, run on copies."""

from mapp_compliance.adapters.tools.sandbox import Sandbox, SelfTest
from mapp_compliance.adapters.tools.selftests import SelfTests

__all__ = ["Sandbox", "SelfTest", "SelfTests"]
