"""The settings of a workspace: read once from ``mapp.toml``, checked once, frozen.

>>> parse_settings(b'[program]\\nname = "Acme"\\npolicy = "mapp"').name
'Acme'
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import MIB, checked_id, shown

PROFILES = ("standard", "demo", "small-team")
MAX_SAMPLE_BYTES = 256 * MIB  # one sample set; the largest PoC package seen is a tenth of it
ALPHA = "1e-4"  # family-wise chance of naming an innocent, a sample (D4)
GREATEST_ALPHA = Decimal("1e-2")  # D4: more in a year takes two approvers
LEAST_ALPHA = Decimal("1e-12")  # D4: no chain of custody is better than that
SELF_TEST_JOBS = 2
DUTY = "duty"  # folder of the outbox for who is woken
KEYS = {
    "program": {"name", "policy", "profile", "origin", "contact", "duty"},
    "limits": {"max_sample_bytes", "alpha", "self_test_jobs"},
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a workspace is set to."""

    name: str
    policy: str
    profile: str = "standard"
    origin: str = ""
    contact: str = ""
    duty: str = DUTY
    max_sample_bytes: int = MAX_SAMPLE_BYTES
    alpha: str = ALPHA
    self_test_jobs: int = SELF_TEST_JOBS

    def toml(self) -> bytes:
        """The text of ``mapp.toml``. Raises InvalidInput when a setting holds no UTF-8."""
        text = (
            "[program]\n"
            f"name = {_quoted(self.name)}\n"
            f"policy = {_quoted(self.policy)}  # pack in policies/, see 'mapp policy check'\n"
            f"profile = {_quoted(self.profile)}\n"
            f"origin = {_quoted(self.origin)}  # name of the ledger, part of every tree head\n"
            f"contact = {_quoted(self.contact)}  # where partners answer, stands in letters\n"
            f"duty = {_quoted(self.duty)}  # who is woken: a folder of the outbox\n"
            "\n[limits]\n"
            f"max_sample_bytes = {self.max_sample_bytes}\n"
            f'alpha = "{self.alpha}"  # chance of naming an innocent, a sample\n'
            f"self_test_jobs = {self.self_test_jobs}\n"
        )
        try:
            return text.encode()
        except UnicodeEncodeError as err:
            raise InvalidInput("a setting holds text that is not UTF-8; write it in UTF-8") from err


def parse_settings(data: bytes) -> Settings:
    """The settings of a ``mapp.toml``.

    Raises:
        InvalidInput: not TOML, an unknown key, or a value outside its range.
    """
    try:
        document = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as err:
        raise InvalidInput(f"mapp.toml cannot be read ({err}); mend it", where="mapp.toml") from err
    for table, keys in document.items():
        if table not in KEYS or not isinstance(keys, dict):
            raise InvalidInput(f"mapp.toml has an unknown table [{shown(table)}]; take it out")
        for key in keys:
            if key not in KEYS[table]:
                raise InvalidInput(
                    f"mapp.toml has an unknown key {table}.{shown(key)}; take it out"
                )
    program, limits = document.get("program", {}), document.get("limits", {})
    settings = Settings(
        name=str(program.get("name", "")),
        policy=str(program.get("policy", "mapp")),
        profile=str(program.get("profile", "standard")),
        origin=str(program.get("origin", "")),
        contact=str(program.get("contact", "")),
        duty=str(program.get("duty", DUTY)),
        max_sample_bytes=_whole(limits, "max_sample_bytes", MAX_SAMPLE_BYTES),
        alpha=str(limits.get("alpha", ALPHA)),
        self_test_jobs=_whole(limits, "self_test_jobs", SELF_TEST_JOBS),
    )
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if not settings.name.strip():
        raise InvalidInput("mapp.toml names no program; set program.name")
    if settings.profile not in PROFILES:
        raise InvalidInput(f"program.profile is not one of {', '.join(PROFILES)}; mend mapp.toml")
    checked_id(settings.duty, "program.duty")
    try:
        alpha = Decimal(settings.alpha)
    except InvalidOperation as err:
        raise InvalidInput("limits.alpha is not a number; write it like '1e-4'") from err
    if not alpha.is_finite() or not LEAST_ALPHA <= alpha <= GREATEST_ALPHA:
        raise InvalidInput("limits.alpha must lie between 1e-12 and 1e-2; mend mapp.toml")


def _whole(table: dict[str, object], key: str, default: int) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidInput(f"limits.{key} must be a whole number above 0; mend mapp.toml")
    return value


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(ch):04x}" if ord(ch) < 32 or ord(ch) == 127 else ch  # TOML control characters
        for ch in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
