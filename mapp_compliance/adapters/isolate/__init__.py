"""Outside bytes and outside code in processes that can do no harm."""

from mapp_compliance.adapters.isolate.command import COMMAND_LIMITS, Ran, run_command
from mapp_compliance.adapters.isolate.limits import Limits
from mapp_compliance.adapters.isolate.runner import Answer, run_isolated

__all__ = ["COMMAND_LIMITS", "Answer", "Limits", "Ran", "run_command", "run_isolated"]
