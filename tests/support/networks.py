"""Networks to lose and to change: hosts in network namespaces on one bridge, whose only link can be cut or replaced.

Needs root and iproute2; without them it fails and says so. A browser started with `host.program(…)` knows no other way
out than this host's link.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

_numbers = itertools.count(1)


class Networks:
    """A bridge of this machine, `address` being the machine's own on it."""

    def __init__(self) -> None:
        # Tests in other processes have networks too; names of interfaces have at most 15 characters.
        self._tag = f"{os.getpid() % 0xFFFFF:x}{next(_numbers)}"
        self._net = f"10.{100 + os.getpid() % 100}.{(os.getpid() // 100 + next(_numbers)) % 250}"
        self.bridge = f"ryb{self._tag}"
        self._given = itertools.count(10)
        self._hosts: list[Host] = []
        self.address = f"{self._net}.1"
        self.folder = Path(tempfile.mkdtemp(prefix="ryadom-net-"))
        ip("link", "add", self.bridge, "type", "bridge")
        ip("address", "add", f"{self.address}/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")

    def host(self) -> "Host":
        """One more host, connected."""
        made = Host(self, f"ryn{self._tag}{len(self._hosts)}")
        self._hosts.append(made)
        made.connect()
        return made

    def plug(self, outside: str, inside: str, space: str) -> str:
        """A new link into a namespace with an address that nobody had before; answers the address."""
        address = f"{self._net}.{next(self._given)}"
        ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", space)
        ip("link", "set", outside, "master", self.bridge, "up")
        ip("-n", space, "address", "add", f"{address}/24", "dev", inside)
        ip("-n", space, "link", "set", inside, "up")
        # Replaced where the old link still has one: people's phones have both for a moment.
        ip("-n", space, "route", "replace", "default", "via", self.address)
        return address

    def close(self) -> None:
        for host in self._hosts:
            host.close()
        ip("link", "delete", self.bridge)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Host:
    """A namespace; `address` is that of its link now."""

    def __init__(self, networks: Networks, space: str) -> None:
        self._networks = networks
        self._space = space
        self._links = itertools.count()
        self.outside = ""
        self._inside = ""
        self.address = ""
        ip("netns", "add", space)
        ip("-n", space, "link", "set", "lo", "up")

    def connect(self) -> None:
        """A link of another kind than the last: another interface, another address."""
        number = next(self._links)
        self.outside, self._inside = f"{self._space}v{number}", f"net{number}"
        self.address = self._networks.plug(self.outside, self._inside, self._space)

    def disconnect(self) -> None:
        """The interface and its address are gone, as when a phone leaves the Wi-Fi."""
        ip("link", "delete", self.outside)

    def change(self) -> None:
        """The next link is there before the last one goes."""
        old = self.outside
        self.connect()
        ip("link", "delete", old)

    def cut(self) -> None:
        """Nothing passes any more, and nobody is told: the cable is broken behind the router."""
        ip("link", "set", self.outside, "nomaster")

    def mend(self) -> None:
        ip("link", "set", self.outside, "master", self._networks.bridge)

    def program(self, executable: str) -> Path:
        """A script that runs the program on this host."""
        script = self._networks.folder / f"{self._space}-{Path(executable).name}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self._space} "{executable}" "$@"\n')
        script.chmod(0o755)
        return script

    def close(self) -> None:
        ip("netns", "delete", self._space)


def ip(*words: str) -> None:
    """One command of iproute2; what it complains of is in the error."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}; network namespaces need root and iproute2")
