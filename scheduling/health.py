"""The health of a conversation as it goes on: a pure rule from what each browser measured last to good, weak or bad."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Health = Literal["good", "weak", "bad", "unknown"]
Verdict = tuple[Health, tuple[str, ...]]

# Browsers report every 5 s; after three reports that did not come the line itself is in doubt.
REPORTS_EACH_S = 5.0
SILENT_S = 3 * REPORTS_EACH_S + 1
# Loss hurts speech only as far as it could not be mended; where the browser says what was concealed, that counts.
CONCEALED_WEAK, CONCEALED_BAD = 0.03, 0.10
LOSS_WEAK, LOSS_BAD = 0.05, 0.15
RTT_WEAK_MS, RTT_BAD_MS = 400.0, 1000.0
FROZEN_MS = 2000.0
WORST_FIRST: tuple[Health, ...] = ("bad", "weak", "unknown", "good")


@dataclass(frozen=True)
class Report:
    """One sample of a seat: how it received another. Shares 0…1, None for what the browser could not say."""

    loss: float | None = None
    rtt_ms: float | None = None
    concealed: float | None = None
    frozen_ms: float | None = None


@dataclass(frozen=True)
class Sitting:
    """One seat as it is now: its newest reports (one for each other it hears) and how old they are.

    `talks_for_s`: how long it could have reported. `rung`, `why`: what it sends and why not more.
    """

    here: bool
    admitted: bool
    talks_for_s: float = 0.0
    age_s: float | None = None
    reports: Sequence[Report] = ()
    rung: str = "high"
    why: str | None = None


def of_seat(seat: Sitting) -> Verdict:
    """Why, as codes: silent, voice_breaks, voice_rough, slow, frozen, voice_only, picture_small."""
    if not seat.here or not seat.admitted:
        return "unknown", ()
    if seat.age_s is None or seat.age_s > SILENT_S:
        return (
            ("bad", ("silent",))
            if min(seat.talks_for_s, seat.age_s or seat.talks_for_s) > SILENT_S
            else ("unknown", ())
        )
    found = [*(each for report in seat.reports for each in _heard(report)), *_sent(seat)]
    worst: Health = min((level for level, _ in found), key=WORST_FIRST.index, default="good")
    return worst, tuple(
        dict.fromkeys(code for level, code in sorted(found, key=lambda each: WORST_FIRST.index(each[0])))
    )


def of_room(seats: Iterable[Verdict]) -> Verdict:
    """As well as the worst of its seats; nothing is known only where nothing is known of any."""
    verdicts = [verdict for verdict in seats if verdict[0] != "unknown"]
    if not verdicts:
        return "unknown", ()
    ordered = sorted(verdicts, key=lambda verdict: WORST_FIRST.index(verdict[0]))
    return ordered[0][0], tuple(dict.fromkeys(code for _, codes in ordered for code in codes))


def _heard(report: Report) -> list[tuple[Health, str]]:
    found: list[tuple[Health, str]] = []
    if level := _voice(report):
        found.append((level, "voice_breaks" if level == "bad" else "voice_rough"))
    if level := _over(report.rtt_ms, RTT_WEAK_MS, RTT_BAD_MS):
        found.append((level, "slow"))
    if (report.frozen_ms or 0) >= FROZEN_MS:
        found.append(("weak", "frozen"))
    return found


def _voice(report: Report) -> Health | None:
    if report.concealed is not None:
        return _over(report.concealed, CONCEALED_WEAK, CONCEALED_BAD)
    return _over(report.loss, LOSS_WEAK, LOSS_BAD)


def _over(value: float | None, weak: float, bad: float) -> Health | None:
    if value is None or value < weak:
        return None
    return "bad" if value >= bad else "weak"


def _sent(seat: Sitting) -> list[tuple[Health, str]]:
    """Fewer pictures by somebody's own choice are no trouble."""
    if seat.why != "line" or seat.rung == "high":
        return []
    return [("weak", "voice_only" if seat.rung == "voice" else "picture_small")]
