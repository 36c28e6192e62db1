"""Words: every sentence a person reads, from static/locales, for pages, refusals and slips alike."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LANGUAGES = ("ru", "en")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Words:
    """`words("ru", "refusal.not_found.title")`; `{placeholders}` are filled from the data."""

    def __init__(self, static: Path) -> None:
        self._all = {language: _load(static / "locales" / language) for language in LANGUAGES}

    def __call__(self, language: str, key: str, **data: Any) -> str:
        text = self._all[language][key]
        for name, value in data.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def refusal(self, language: str, key: str, data: Mapping[str, Any]) -> str:
        """A sentence of a refusal from its data as they travel: kopecks and days as people write them besides."""
        return self(language, key, **data, **_spoken(language, data))

    def has(self, language: str, key: str) -> bool:
        return key in self._all[language]

    def starting(self, language: str, prefixes: tuple[str, ...]) -> dict[str, str]:
        return {key: text for key, text in self._all[language].items() if key.startswith(prefixes)}


def _spoken(language: str, data: Mapping[str, Any]) -> dict[str, str]:
    """`{missing_roubles}` for `missing_kopecks`, `{valid_until_day}` for a day in `valid_until`."""
    spoken = {}
    for name, value in data.items():
        if name.endswith("_kopecks") and isinstance(value, int):
            spoken[name.removesuffix("_kopecks") + "_roubles"] = roubles(language, value)
        elif isinstance(value, str) and _DAY.fullmatch(value):
            spoken[f"{name}_day"] = ".".join(reversed(value.split("-"))) if language == "ru" else value
    return spoken


def roubles(language: str, kopecks: int) -> str:
    """1 234,50 ₽ or ₽1,234.50, with spaces that no line breaks at."""
    whole, rest = divmod(abs(kopecks), 100)
    sign = "\u2212" if kopecks < 0 else ""
    if language == "ru":
        return f"{sign}{whole:,}".replace(",", "\u00a0") + f",{rest:02}\u00a0₽"
    return f"{sign}₽{whole:,}.{rest:02}"


def _load(folder: Path) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        words |= json.loads(path.read_text(encoding="utf-8"))
    return words


def best_language(wanted: str | None, kept: str | None, accepted: str) -> str:
    """The language asked for, else the one kept in the cookie, else the browser's first known one, else Russian."""
    for choice in (wanted, kept):
        if choice in LANGUAGES:
            return choice
    weighed = [part.strip().partition(";q=") for part in accepted.split(",")]
    for tag, _, _ in sorted(weighed, key=lambda part: -_weight(part[2])):
        if tag[:2].lower() in LANGUAGES:
            return tag[:2].lower()
    return "ru"


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
