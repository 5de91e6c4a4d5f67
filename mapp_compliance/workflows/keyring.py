"""The port to the program's secrets, old and new."""

from collections.abc import Sequence
from typing import Protocol

from mapp_compliance.trust import Signer


class Keyring(Protocol):
    """The program's secrets. They never leave it but through these calls."""

    @property
    def root(self) -> bytes:
        """32 bytes that belong to the program and to no advisory; the same after a rotation."""
        ...

    def root_of(self, advisory: str) -> bytes:
        """32 bytes that the keys of an advisory derive from, the same for ever."""
        ...

    @property
    def generation(self) -> int:
        """How often the secrets were rotated, and one."""
        ...

    @property
    def signers(self) -> Sequence[Signer]:
        """All keys that ever signed statements, oldest first."""
        ...

    @property
    def log_signers(self) -> Sequence[Signer]:
        """All keys that ever signed tree heads, oldest first."""
        ...

    def rotate(self, root: bytes, advisories: Sequence[str]) -> int:
        """Further secrets for what begins from now on; durable when their number is returned."""
        ...

    def exported(self) -> bytes:
        """All secrets, for a sealed backup of them and nothing else."""
        ...

    @property
    def signer(self) -> Signer:
        """Signs statements; the newest."""
        ...

    @property
    def log_signer(self) -> Signer:
        """Signs tree heads; the newest."""
        ...

    def seal(self, data: bytes) -> bytes:
        """Bytes that only this workspace can open."""
        ...

    def open(self, data: bytes) -> bytes:
        """What ``seal`` sealed. Raises Broken when it was altered."""
        ...

    def local_signer(self, user: str) -> Signer:
        """The key of a local user of a demo workspace. Raises NotFound."""
        ...

    def add_local(self, user: str, seed: bytes) -> Signer:
        """Keep a key of 32 random bytes for a local user of a demo workspace."""
        ...
