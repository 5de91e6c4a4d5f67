"""``mapp open`` (the recipient's side) and ``mapp receipt add`` (the vendor's)."""

from pathlib import Path

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.inputs import read_file, read_text
from mapp_compliance.cli.outputs import write_files
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import GIB, shown

MOST_PARCEL_BYTES = 2 * GIB
OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"


@click.command()
@click.argument("parcel", type=click.Path(path_type=Path))
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Your key file.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--receipt", type=click.Path(path_type=Path), help="Write the receipt here.")
@click.option(
    "--sign-key",
    "sign_key",
    type=click.Path(path_type=Path),
    help="SSH private key that signs the receipt; the --key file when it is one.",
)
@click.option(
    "--vendor-key",
    "vendor_key",
    type=click.Path(path_type=Path),
    help="The program's public key, as you were given it.",
)
@verb
def open_command(
    call: Call,
    parcel: Path,
    key: Path,
    out: Path,
    receipt: Path | None,
    sign_key: Path | None,
    vendor_key: Path | None,
) -> None:
    """Open a parcel: decrypt, check every file against the signed list, answer."""
    from mapp_compliance.adapters.files import write_durably
    from mapp_compliance.distribution import RECEIPT_NAMESPACE
    from mapp_compliance.trust import (
        Ed25519Signer,
        digest,
        format_statement,
        parse_canonical,
        parse_public_key,
        sign_ssh,
    )
    from mapp_compliance.workflows.receive import open_parcel

    identity = read_text(key)
    signing = read_file(sign_key) if sign_key else _ssh_part(identity)
    pinned = parse_public_key(read_text(vendor_key)) if vendor_key else None
    opened = open_parcel(read_file(parcel, MOST_PARCEL_BYTES), identity, pinned, call.now())
    written = write_files(out, opened.files)
    document: dict[str, object] = {
        "statement": parse_canonical(format_statement(opened.statement)),
        "files": written,
        "signer": opened.signer.text(),
        "signer_pinned": opened.pinned,
        "receipt": None,
    }
    lines = [f"{len(written)} files in {shown(str(out))}; each was compared with the signed list."]
    if not opened.pinned:
        lines.append(
            "The signer was not compared with a key you trust; pass --vendor-key. It is "
            f"{opened.signer.fingerprint}"
        )
    if receipt is not None:
        body = opened.receipt.body()
        write_durably(receipt, body)
        signed = None
        if signing:
            signed = receipt.with_name(f"{receipt.name}.sig")
            signer = Ed25519Signer.from_openssh(signing)
            write_durably(signed, sign_ssh(body, RECEIPT_NAMESPACE, signer))
        document["receipt"] = {
            "path": str(receipt),
            "signature": str(signed) if signed else None,
            "sha256": digest(body).hex,
        }
        lines.append(
            f"Receipt in {shown(str(receipt))}, signature in {shown(str(signed))}."
            if signed
            else f"Receipt in {shown(str(receipt))}; sign it with: ssh-keygen -Y sign -f SIGN_KEY "
            f"-n {RECEIPT_NAMESPACE} {shown(str(receipt))}"
        )
    call.say(document, *lines)


def _ssh_part(identity: str) -> bytes | None:
    """The SSH private key of a key file, which may hold an age identity too."""
    start = identity.find(OPENSSH)
    return identity[start:].encode() if start >= 0 else None


@click.group()
def receipt_command() -> None:
    """Signed answers of recipients."""


@receipt_command.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--signature", type=click.Path(path_type=Path), help="FILE.sig when left out.")
@verb
def add(call: Call, file: Path, signature: Path | None) -> None:
    """Take in a receipt and its SSH signature."""
    from mapp_compliance.workflows.receive import add_receipt

    told = read_file(file)
    beside = signature or file.with_name(f"{file.name}.sig")
    if not beside.exists():
        raise InvalidInput(
            f"{shown(str(file))} has no signature beside it; ask for the .sig file that "
            "'mapp open --sign-key' or 'ssh-keygen -Y sign' wrote"
        )
    receipt = add_receipt(call.desk(), told, read_file(beside))
    call.say(
        {"receipt": receipt}, f"Receipt of copy {receipt['copy']} from {receipt['recipient']} kept."
    )
