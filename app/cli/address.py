"""Where the server listens: `HOST`, `PORT` and `TLS`, and under which names this machine is reached."""

import errno
import fcntl
import ipaddress
import os
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, and listened on when asked for
_SIOCGIFADDR = 0x8915  # <linux/sockios.h>


class AddressError(Exception):
    """The address cannot be listened on. The message is one line that says what to do."""


@dataclass(frozen=True)
class Address:
    """Host, port, and whether it is spoken to by HTTPS."""

    host: str
    port: int
    tls: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Address":
        """Plain HTTP for this machine alone; with `TLS=1` HTTPS for the whole network."""
        tls = environment.get("TLS") == "1"
        port = environment.get("PORT") or "8000"
        if not port.isdigit() or int(port) > 65535:
            raise AddressError(f"PORT={port} is no port number")
        return cls(environment.get("HOST") or ("0.0.0.0" if tls else "127.0.0.1"), int(port), tls)  # noqa: S104

    @property
    def bind(self) -> str:
        """As gunicorn takes it."""
        return f"{_in_brackets(self.host)}:{self.port}"

    @property
    def urls(self) -> list[str]:
        """What a person can type: on this machine, then on others."""
        hosts = ["localhost", *own_addresses()] if self.host in EVERYWHERE else [self.host]
        return [f"{'https' if self.tls else 'http'}://{_in_brackets(host)}:{self.port}" for host in hosts]

    def must_be_free(self) -> None:
        """Raise `AddressError` while another program listens here."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((self.host, self.port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise AddressError(
                        f"port {self.port} is taken by another program; choose another: PORT={self.port + 1}"
                    ) from error
                raise AddressError(f"cannot listen on {self.bind}: {error.strerror}") from error


def own_addresses() -> list[str]:
    """The IPv4 addresses by which the network reaches this machine."""
    found = (_address_of(name) for _index, name in socket.if_nameindex())
    return [address for address in found if address and not ipaddress.ip_address(address).is_loopback]


def _address_of(interface: str) -> str | None:
    request = struct.pack("256s", interface.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as question:
        try:
            return socket.inet_ntoa(fcntl.ioctl(question, _SIOCGIFADDR, request)[20:24])
        except OSError:  # it has none
            return None


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
