"""The program's secrets in one file, ``<home>/keys/program.json``, mode 0600.

Whoever has this file can derive every mark and open every original; without it no leak can be
matched. A rotation adds a *generation* of secrets and keeps the older ones: each marks the
advisories that it began with, for ever, and what was sealed to it still opens. The keys of local
people, which only a demo workspace has, lie beside the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapp_compliance.adapters.files import write_durably
from mapp_compliance.adapters.keyring.generations import (
    ROOT_BYTES,
    Generation,
    format_generations,
    new_generation,
    parse_generations,
)
from mapp_compliance.errors import Broken, MappError, NotFound
from mapp_compliance.trust import Ed25519Signer, Identity, SealBroken, derive, open_sealed, seal
from mapp_compliance.values import checked_id

__all__ = ["ROOT_BYTES", "FileKeyring"]

FILE = "program.json"


@dataclass(slots=True)
class FileKeyring:
    """Secrets of one workspace, loaded once; none of them shows in a repr."""

    folder: Path
    _generations: tuple[Generation, ...] = field(repr=False)
    _signers: dict[tuple[bytes, str], Ed25519Signer] = field(default_factory=dict, repr=False)

    @classmethod
    def create(cls, folder: Path, root: bytes) -> "FileKeyring":
        """Make and keep the secrets of a new workspace out of 32 fresh random bytes."""
        write_durably(folder / FILE, format_generations([new_generation(root)]))
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "FileKeyring":
        """The secrets of a workspace. Raises NotFound or Broken."""
        try:
            data = (folder / FILE).read_bytes()
        except FileNotFoundError as err:
            raise NotFound(
                "the program key is missing; put your backup of keys/program.json back"
            ) from err
        generations = parse_generations(data)
        if not all(_opens_what_it_seals(item.vault) for item in generations):
            raise Broken("the program key file is damaged; put your backup of it back")
        return cls(folder, generations)

    @property
    def root(self) -> bytes:
        """The first root: what belongs to the program and to no advisory derives from it."""
        return self._generations[0].root

    @property
    def vault(self) -> Identity:
        """What the workspace seals to itself with: the newest."""
        return self._generations[-1].vault

    @property
    def generation(self) -> int:
        """Number of the generation in use; the first is 1."""
        return len(self._generations)

    def root_of(self, advisory: str) -> bytes:
        """The root that an advisory began with."""
        for item in self._generations:
            if advisory in item.advisories:
                return item.root
        return self._generations[-1].root

    @property
    def signer(self) -> Ed25519Signer:
        """Signs statements: the newest key."""
        return self.signers[-1]

    @property
    def log_signer(self) -> Ed25519Signer:
        """Signs tree heads: the newest key."""
        return self.log_signers[-1]

    @property
    def signers(self) -> tuple[Ed25519Signer, ...]:
        """Keys for statements, oldest first."""
        return tuple(self._made(item.root, "sign") for item in self._generations)

    @property
    def log_signers(self) -> tuple[Ed25519Signer, ...]:
        """Keys for tree heads, oldest first."""
        return tuple(self._made(item.root, "log") for item in self._generations)

    def _made(self, root: bytes, use: str) -> Ed25519Signer:
        """Made once: checking that a key is sound takes three times as long as signing."""
        if (root, use) not in self._signers:
            self._signers[root, use] = Ed25519Signer.from_seed(derive(root, use))
        return self._signers[root, use]

    def rotate(self, root: bytes, advisories: Sequence[str]) -> int:
        """Begin a further generation; durable when its number is returned.

        Args:
            root: 32 fresh random bytes.
            advisories: all there are; each stays with the generation that it has now.
        """
        older = [item for earlier in self._generations[:-1] for item in earlier.advisories]
        last = self._generations[-1].closed(sorted(set(advisories) - set(older)))
        changed = (*self._generations[:-1], last, new_generation(root))
        write_durably(self.folder / FILE, format_generations(changed))
        self._generations = changed
        return self.generation

    def exported(self) -> bytes:
        """The whole file, for a sealed backup of it and nothing else."""
        return format_generations(self._generations)

    def seal(self, data: bytes) -> bytes:
        """Bytes that only this workspace can open."""
        return seal(data, [self._generations[-1].vault.recipient])

    def open(self, data: bytes) -> bytes:
        """What ``seal`` sealed, now or before a rotation. Raises SealBroken when altered."""
        for item in reversed(self._generations[1:]):
            try:
                return open_sealed(data, item.vault.secret)
            except SealBroken:
                continue
        return open_sealed(data, self._generations[0].vault.secret)

    def local_signer(self, user: str) -> Ed25519Signer:
        """The key of a local user of a demo workspace."""
        try:
            seed = self._local(user).read_bytes()
        except FileNotFoundError as err:
            raise NotFound(
                f"the workspace holds no key of {user}; sign outside it and pass --signature FILE"
            ) from err
        return Ed25519Signer.from_seed(seed)

    def add_local(self, user: str, seed: bytes) -> Ed25519Signer:
        """Keep the key of a local user of a demo workspace, made from 32 random bytes."""
        write_durably(self._local(user), seed)
        return self.local_signer(user)

    def _local(self, user: str) -> Path:
        return self.folder / "local" / f"{checked_id(user, 'user name')}.seed"


def _opens_what_it_seals(vault: Identity) -> bool:
    """Whether the two halves fit; else originals would be sealed that nobody can open again."""
    try:
        return open_sealed(seal(b"probe", [vault.recipient]), vault.secret) == b"probe"
    except MappError:
        return False
