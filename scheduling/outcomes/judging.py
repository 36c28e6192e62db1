"""How a session ended, proposed from its facts by fixed rules: pure, total, never against a client for a dead line."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scheduling.outcomes.stating import Evidence, Facts, Happened, length, minutes

Outcome = Literal["took_place", "missed", "client_gave_up", "specialist_late", "failed_technically"]

# Less than this together is a greeting, not a session, whatever the standard asks.
SHORTEST_SESSION = timedelta(minutes=1)
# So much later than booked is late; people forgive less.
LATE = timedelta(minutes=5)
# A line dead for so long in all, or half of the figures bad, has hurt the session.
HURTS, HURTS_SHARE = timedelta(minutes=2), 0.5
# Both were let in for so long, and neither sound nor picture ever arrived.
UNHEARD = timedelta(seconds=30)


@dataclass(frozen=True)
class Proposal:
    """What the facts speak for, and the facts that do. A person confirms or corrects it."""

    outcome: Outcome
    evidence: tuple[Evidence, ...]

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.evidence]


def proposed(facts: Facts) -> Proposal:
    """The first rule that fits; the last one fits always."""
    return Proposal(_outcome(facts), tuple(_evidence(facts)))


def least(facts: Facts) -> timedelta:
    """How long both must have been present: the standard's share of the duration, and never less than a minute."""
    return max(SHORTEST_SESSION, facts.duration * (facts.least_share or 0.0))


def _outcome(facts: Facts) -> Outcome:
    if _held(facts):
        return "took_place"
    if facts.side_by_side or facts.by_phone:
        return _broken_off(facts)
    return _missed_each_other(facts) if facts.client else _without_client(facts)


def _held(facts: Facts) -> bool:
    """Long enough together, and something was heard: silence between two present people is no session."""
    return length(facts.together) >= least(facts) and (facts.saw_media or bool(facts.by_phone))


def _without_client(facts: Facts) -> Outcome:
    """He never came in. Whoever opened his link at the hour tried to, and a check that failed says what kept him."""
    if facts.broken:  # in and dead in the same moment
        return "failed_technically"
    if not _tried_at_the_hour(facts):
        return "missed"
    return "failed_technically" if _check_failed(facts) else "client_gave_up"


def _missed_each_other(facts: Facts) -> Outcome:
    """He was there, and never while she was. It was she who was missing if he stayed past the start long enough, and he
    if she had waited for him while he was late."""
    if not facts.specialist:
        past_the_hour = any(end > facts.starts for _, end in facts.client)
        return "specialist_late" if past_the_hour else _by_his_going(facts)
    if _she_waited(facts) and _client_late_by(facts) >= LATE:
        return "failed_technically" if _technical(facts) else "missed"
    if facts.broken_specialist and _technical(facts):
        return "failed_technically"  # she was in time, and her line was dead when he came
    return "specialist_late" if facts.waited > LATE else _by_his_going(facts)


def _she_waited(facts: Facts) -> bool:
    """She came in time and stayed until whoever was not there yet was late."""
    late = facts.starts + LATE
    return any(begin < late < end for begin, end in facts.specialist)


def _by_his_going(facts: Facts) -> Outcome:
    return "failed_technically" if _technical(facts) else "client_gave_up"


def _broken_off(facts: Facts) -> Outcome:
    """Both were there at the same time, and too shortly."""
    if _technical(facts):
        return "failed_technically"
    late = _specialist_late_by(facts)
    if late >= LATE and length(facts.together) + late >= least(facts):
        return "specialist_late"
    if facts.left_himself("client") is not None:
        return "client_gave_up"
    if _client_late_by(facts) >= LATE:
        return "missed"
    return "specialist_late"  # she was late by a little, let nobody in, or ended it early: not the client's doing


def _technical(facts: Facts) -> bool:
    """A dead line, a talk in which nothing arrived, figures bad for half of it, the telephone as the last resort, or a
    device that never worked."""
    breaks = [*facts.broken, *facts.broken_specialist]
    never_back = any(end >= min(facts.ends, facts.until) for _, end in breaks)
    told = (length(breaks) >= HURTS, never_back, _unheard(facts), facts.bad_share >= HURTS_SHARE)
    return any(told) or bool(facts.by_phone) or _check_failed(facts)


def _unheard(facts: Facts) -> bool:
    return length(facts.together) >= UNHEARD and not facts.saw_media and not facts.by_phone


def _check_failed(facts: Facts) -> bool:
    check = facts.check
    return check is not None and (check.verdict == "too_weak" or check.microphone in {"blocked", "missing"})


def _tried_at_the_hour(facts: Facts) -> bool:
    """His link was opened, or his line checked, from half an hour before the start on."""
    opens_at = facts.starts - timedelta(minutes=30)
    tried = [facts.opened_at, facts.check.at if facts.check else None]
    return any(at is not None and opens_at <= at <= facts.ends for at in tried)


def _specialist_late_by(facts: Facts) -> timedelta:
    came = facts.first("specialist")
    return max(timedelta(), came - facts.starts) if came else facts.until - facts.starts


def _client_came(facts: Facts) -> datetime | None:
    """When he came for the session: a look into the room that was over before the start is none."""
    return next((begin for begin, end in facts.client if end > facts.starts), None)


def _client_late_by(facts: Facts) -> timedelta:
    came = _client_came(facts)
    return max(timedelta(), came - facts.starts) if came else timedelta()


def _evidence(facts: Facts) -> list[Evidence]:
    """What speaks for it, the weightiest first."""
    return [*_about_talk(facts), *_about_client(facts), *_about_specialist(facts), *_about_line(facts)]


def _about_talk(facts: Facts) -> list[Evidence]:
    together = length(facts.together)
    if not together:
        return [Evidence("never_both")] if facts.client and facts.specialist else []
    said = [
        Evidence("both_present", {"minutes": minutes(together), "of": minutes(facts.duration), "mode": _mode(facts)})
    ]
    if facts.by_phone:
        said.append(Evidence("by_phone", {"minutes": minutes(length(facts.by_phone)), "at": facts.by_phone[0][0]}))
    if together < least(facts):
        said.append(Evidence("too_short", {"minutes": minutes(together), "least": minutes(least(facts))}))
        if _ended_by_her(facts):
            said.append(Evidence("ended_early", {"at": facts.until}))
    if _unheard(facts):
        said.append(Evidence("no_media", {"minutes": minutes(together)}))
    return said


def _ended_by_her(facts: Facts) -> bool:
    """The room was closed before its time with the client in it: nobody else can."""
    here = any(end >= facts.until for _, end in facts.client)
    return facts.closed and here and facts.until < facts.ends


def _mode(facts: Facts) -> str:
    """By which mode the client was there longest while they talked."""
    spent: dict[str, timedelta] = {}
    for stay in facts.stays:
        if stay.who == "client":
            spent[stay.mode] = spent.get(stay.mode, timedelta()) + stay.ends - stay.begins
    if facts.by_phone and length(facts.by_phone) * 2 >= length(facts.together):
        return "phone"
    return max(sorted(spent), key=lambda mode: spent[mode], default="phone")


def _about_client(facts: Facts) -> list[Evidence]:
    if facts.first("client") is None:
        opened = facts.opened_at
        return [Evidence("client_opened", {"at": opened}) if opened else Evidence("client_never_opened")]
    said = []
    came = _client_came(facts)
    if came and facts.waited >= SHORTEST_SESSION:
        said.append(Evidence("client_waited", {"minutes": minutes(facts.waited), "at": max(came, facts.starts)}))
    if facts.side_by_side and not facts.let_in:
        said.append(Evidence("not_let_in", {"minutes": minutes(length(facts.side_by_side))}))
    if came and _client_late_by(facts) >= LATE:
        said.append(Evidence("client_late", {"minutes": minutes(_client_late_by(facts)), "at": came}))
    if facts.sent_out is not None:
        said.append(Evidence("client_sent_out", {"at": facts.sent_out}))
    left = facts.left_himself("client")
    if left is not None and left < facts.ends:
        said.append(Evidence("client_left", {"at": left}))
    return said


def _about_specialist(facts: Facts) -> list[Evidence]:
    came = facts.first("specialist")
    if came is None:
        return [Evidence("specialist_never_came")]
    if _specialist_late_by(facts) >= SHORTEST_SESSION:
        return [Evidence("specialist_late", {"minutes": minutes(_specialist_late_by(facts)), "at": came})]
    return [] if facts.client else [Evidence("specialist_waited", {"minutes": minutes(length(facts.specialist))})]


def _about_line(facts: Facts) -> list[Evidence]:
    said = []
    for who, broken in (("client", facts.broken), ("specialist", facts.broken_specialist)):
        if broken:
            times = {"times": len(broken), "minutes": minutes(length(broken)), "at": broken[0][0]}
            said.append(Evidence(f"{who}_line_dead", times))
    if facts.bad_share >= 0.1:
        said.append(Evidence("weak_line", {"percent": round(facts.bad_share * 100)}))
    if facts.check is not None and _check_failed(facts):
        said.append(Evidence("check_failed", {"verdict": facts.check.verdict, "microphone": facts.check.microphone}))
    return said + [_called(each) for each in facts.happened if each.kind == "help"]


def _called(each: Happened) -> Evidence:
    return Evidence("help_called", {"at": each.at, "why": str(each.data.get("why", "help")), "who": each.who})
