"""The port `Sandbox`: an author's check over many copies, a few at a time; formatters."""

from collections.abc import Callable, Mapping, Sequence

from mapp_compliance.adapters.tools.formatters import formatted, formatters_for
from mapp_compliance.adapters.tools.sandbox import Sandbox
from mapp_compliance.workflows.ports import CheckResult


class SelfTests:
    """Runs self-tests with a fixed number at a time."""

    def __init__(self, sandbox: Sandbox, jobs: int) -> None:
        self._sandbox = sandbox
        self._jobs = jobs

    def check(
        self,
        packages: Sequence[Mapping[str, bytes]],
        command: Sequence[str],
        progress: Callable[[int], None],
    ) -> list[CheckResult]:
        """One result for each package, in order; ``progress`` hears how many are done."""
        results = self._sandbox.run_self_tests(
            packages, command, self._jobs, lambda done, _of: progress(done)
        )
        return [
            CheckResult(item.passed, " | ".join(item.last_lines[-3:]) or item.stopped, item.gaps)
            for item in results
        ]

    def formatters(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The formatters of this machine that know some of these files."""
        return formatters_for(paths)

    def formatted(self, tool: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files that the formatter knows and changes, as it leaves them."""
        return formatted(self._sandbox, tool, files)
