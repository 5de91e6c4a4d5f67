"""SSH wire strings: four bytes of length, then the bytes (RFC 4251 section 5).

>>> unpack(pack(b"ssh-ed25519", b""))
(b'ssh-ed25519', b'')
"""

from mapp_compliance.trust.errors import Malformed


def pack(*fields: bytes) -> bytes:
    """The fields, each with its length before it."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def unpack(data: bytes) -> tuple[bytes, ...]:
    """The fields of which these bytes consist, without rest.

    Raises:
        Malformed: a length points past the end.
    """
    fields = []
    at = 0
    while at < len(data):
        start = at + 4
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            raise Malformed("an SSH key or signature is cut short; hand in the whole text")
        fields.append(data[start:at])
    return tuple(fields)
