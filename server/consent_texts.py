"""The consent texts of the locales, published as versions: changed words become a new version at the next start."""

from typing import get_args

from scheduling import consents, tries
from scheduling.db import Tx
from server.words import LANGUAGES, Words


async def publish(tx: Tx, words: Words) -> None:
    await tries.in_turn(tx, "consent_texts")  # nodes that start together publish one after the other
    for language in LANGUAGES:
        for purpose in get_args(consents.Purpose):
            title = words(language, f"consent.{purpose}.title")
            await consents.publish(tx, purpose, language, title, words(language, f"consent.{purpose}.text"))
