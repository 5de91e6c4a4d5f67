"""The guard around all tests works."""

import socket

import pytest

FAR = ("192.0.2.1", 9)  # an address for documentation, RFC 5737


def test_connecting_to_another_machine_is_refused() -> None:
    with socket.socket() as link, pytest.raises(RuntimeError, match="reached for the network"):
        link.connect(FAR)


def test_sending_to_another_machine_is_refused() -> None:
    link = socket.socket(type=socket.SOCK_DGRAM)
    with link, pytest.raises(RuntimeError, match="reached for the network"):
        link.sendto(b"x", FAR)


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as link,
    ):
        assert link.getpeername() == server.getsockname()
