"""Programmes (ИППСУ, ст. 16 442-ФЗ): which services a person is to have, how many, how often and until when."""

from scheduling.programmes.keeping import Facts, Line, add, change, end, of_client, programme
from scheduling.programmes.tables import Programme, ProgrammeLine

__all__ = ["Facts", "Line", "Programme", "ProgrammeLine", "add", "change", "end", "of_client", "programme"]
