"""What one session came to, from the facts of its room: lengths, shares, lateness. Pure; the words for it are in
docs/indicators.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scheduling.outcomes import Facts, length
from scheduling.outcomes.stating import Stretch, Who, common, merged, minutes

WHOLE = 1000  # shares are thousandths
MINUTE = timedelta(minutes=1)
# The one tap of three, on the scale of five that the groups of questions have.
TAPPED = {1: 1, 2: 3, 3: 5}


@dataclass(frozen=True, slots=True)
class Held:
    """None: there was no time in which both could talk."""

    length_min: int | None = None
    both_share: int | None = None
    late_min: int | None = None
    video_share: int | None = None
    mode: str = ""


def held(facts: Facts) -> Held:
    """The time in which both were present and let in, or on the telephone, as figures."""
    together = facts.together
    if not together:
        return Held()
    whole = length(together)
    video = length(_by_video(facts))
    phone = length(facts.by_phone)
    spent = {"video": video, "voice": whole - video - phone, "phone": phone}
    return Held(
        length_min=minutes(whole),
        both_share=min(WHOLE, thousandths(whole, facts.duration)),
        late_min=minutes(max(timedelta(), together[0][0] - facts.starts)),
        video_share=thousandths(video, whole),
        mode=max(spent, key=lambda mode: spent[mode]),  # of two alike the first
    )


def thousandths(part: timedelta, whole: timedelta) -> int:
    """Whole thousandths, half of one and more is one."""
    return (part * (2 * WHOLE) + whole) // (2 * whole)


def satisfaction(answers: Sequence[int | None], score: int) -> int:
    """Hundredths on the scale of five: the mean of what was answered, or else the one tap."""
    given = [each for each in answers if each is not None]
    if not given:
        return TAPPED[score] * 100
    return (sum(given) * 200 + len(given)) // (2 * len(given))


def _by_video(facts: Facts) -> list[Stretch]:
    """While both sent a picture and nobody was on the telephone."""
    seen = common(common(_sending(facts, "client"), _sending(facts, "specialist")), facts.together)
    return _without(seen, facts.by_phone)


def _sending(facts: Facts, who: Who) -> list[Stretch]:
    return merged(
        (stay.begins, min(stay.ends, facts.until)) for stay in facts.stays if stay.who == who and stay.mode == "video"
    )


def _without(stretches: Sequence[Stretch], taken: Sequence[Stretch]) -> list[Stretch]:
    left = list(stretches)
    for start, end in taken:
        left = [
            part
            for begin, until in left
            for part in ((begin, min(until, start)), (max(begin, end), until))
            if part[0] < part[1]
        ]
    return left
