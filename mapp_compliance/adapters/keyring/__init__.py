"""The program's secrets in one file, ``<home>/keys/program.json``, mode 0600.

Whoever has this file can derive every mark and open every original; without it no leak can be
matched. It is written once at set-up. The keys of local people, which only a demo workspace has,
lie beside it.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path

from mapp_compliance.adapters.files import write_durably
from mapp_compliance.errors import Broken, MappError, NotFound
from mapp_compliance.trust import (
    Ed25519Signer,
    Identity,
    derive,
    generate_identity,
    open_sealed,
    seal,
)
from mapp_compliance.values import checked_id

ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class FileKeyring:
    """Secrets of one workspace, loaded once; none of them shows in a repr."""

    folder: Path
    root: bytes = field(repr=False)
    signer: Ed25519Signer
    log_signer: Ed25519Signer
    vault: Identity

    @classmethod
    def create(cls, folder: Path, root: bytes) -> "FileKeyring":
        """Make and keep the secrets of a new workspace out of 32 fresh random bytes."""
        vault = generate_identity()
        document = {
            "version": 1,
            "root": base64.b64encode(root).decode(),
            "vault": {"secret": vault.secret, "recipient": vault.recipient},
        }
        write_durably(folder / "program.json", json.dumps(document, indent=1).encode())
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "FileKeyring":
        """The secrets of a workspace. Raises NotFound or Broken."""
        path = folder / "program.json"
        try:
            document = json.loads(path.read_bytes())
            root = base64.b64decode(document["root"], validate=True)
            vault = Identity(document["vault"]["secret"], document["vault"]["recipient"])
        except FileNotFoundError as err:
            raise NotFound(
                "the program key is missing; put your backup of keys/program.json back"
            ) from err
        except (ValueError, KeyError, TypeError) as err:
            raise Broken("the program key file is damaged; put your backup of it back") from err
        if len(root) != ROOT_BYTES or not _opens_what_it_seals(vault):
            raise Broken("the program key file is damaged; put your backup of it back")
        return cls(
            folder=folder,
            root=root,
            signer=Ed25519Signer.from_seed(derive(root, "sign")),
            log_signer=Ed25519Signer.from_seed(derive(root, "log")),
            vault=vault,
        )

    def seal(self, data: bytes) -> bytes:
        """Bytes that only this workspace can open."""
        return seal(data, [self.vault.recipient])

    def open(self, data: bytes) -> bytes:
        """What ``seal`` sealed."""
        return open_sealed(data, self.vault.secret)

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
