"""Clock law as data: zone files of the test's own before those of the machine, as a new tz database would bring them.

And the clock on the wall, read at every single minute: which minutes (since 1970-01-01T00:00Z) a local day has.
"""

import struct
import sys
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TODAY = "as it is today"
# POSIX TZ: minutes and hours are said westwards. In October 2026 the third Wednesday is the 21st, the fourth Thursday
# the 22nd, and both changes are made at a time when people work, so that they meet with bookings.
LAWS: Mapping[str, Mapping[str, str]] = {
    TODAY: {},
    "an hour less": {"Asia/Novosibirsk": "<+06>-6"},
    "an hour is skipped": {"Asia/Novosibirsk": "<+07>-7<+08>,M10.3.3/10,M3.5.4/10"},
    "an hour comes twice": {"Asia/Novosibirsk": "<+06>-6<+07>,M3.5.4/10,M10.4.4/11"},
    "Omsk goes with Novosibirsk": {"Asia/Omsk": "<+07>-7"},
}
_MACHINE = tuple(zoneinfo.TZPATH)
_in_force = TODAY


def write_down(folder: Path) -> dict[str, Path]:
    """The zone files of every law, each in a folder of its own."""
    found = {}
    for number, (law, zones) in enumerate(LAWS.items()):
        found[law] = folder / f"law-{number}"
        for zone, said in zones.items():
            path = found[law] / zone
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_zone_file(said))
    return found


def enact(law: str, folders: Mapping[str, Path]) -> None:
    """From now on this law holds, for a process that has just been started: whatever it had worked out is forgotten."""
    global _in_force  # noqa: PLW0603 - a process has one clock law
    zoneinfo.reset_tzpath(to=_MACHINE if law == TODAY else (str(folders[law].absolute()), *_MACHINE))
    ZoneInfo.clear_cache()
    _in_force = law
    for name, module in list(sys.modules.items()):
        if name.startswith("scheduling"):
            for kept in list(vars(module).values()):
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()


def in_force() -> str:
    return _in_force


def minute(at: datetime) -> int:
    return (at - EPOCH) // MINUTE


def instant(at: int) -> datetime:
    return EPOCH + at * MINUTE


def wall(zone: str, at: int) -> datetime:
    """What the clock of a zone shows at a minute."""
    return instant(at).astimezone(ZoneInfo(zone))


def day(zone: str, at: int) -> date:
    return _day(_in_force, zone, at)


def promised(zone: str, said: str, fold: int = 0) -> datetime:
    """The instant at which the clock of a zone shows a time that was promised."""
    return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def never_shown(zone: str, said: str) -> bool:
    """Whether no minute of that day's reads so."""
    return all(shown(wall(zone, at)) != said for at, _ in minutes(zone, datetime.fromisoformat(said).date()))


def minutes(zone: str, of: date) -> tuple[tuple[int, int], ...]:
    """Every minute at which the clock of a zone shows that day, with what it shows as minutes since midnight."""
    return _minutes(_in_force, zone, of)


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


@lru_cache(maxsize=500_000)
def _day(_law: str, zone: str, at: int) -> date:
    return wall(zone, at).date()


@cache
def _minutes(_law: str, zone: str, of: date) -> tuple[tuple[int, int], ...]:
    noon = minute(datetime(of.year, of.month, of.day, 12, tzinfo=UTC))
    around = ((at, wall(zone, at)) for at in range(noon - 30 * 60, noon + 30 * 60))
    return tuple((at, read.hour * 60 + read.minute) for at, read in around if read.date() == of)


def _zone_file(said: str) -> bytes:
    """RFC 8536, version 2: no change is written down, the rule at the end holds always."""
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    data = head + struct.pack(">lbb", 0, 0, 0) + b"+00\0"
    return data + data + f"\n{said}\n".encode()
