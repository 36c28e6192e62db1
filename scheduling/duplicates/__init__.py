"""Duplicates: cards that may be one person's, found however the name was spelt, and made one with all their history."""

from scheduling.duplicates.finding import Card, candidates
from scheduling.duplicates.index import Index
from scheduling.duplicates.scoring import LIKELY, SURE, Candidate, Person, Verdict, judged

__all__ = ["LIKELY", "SURE", "Candidate", "Card", "Index", "Person", "Verdict", "candidates", "judged"]
