"""`ryadom probe`: a stranger who knows only docs/protocol.md and docs/api.md makes a real call and says how it went.

It imports nothing of the house it visits: what it knows of the wire it knows from the documents, so a change that
breaks them breaks it. Only `account` belongs to the house: it prepares whom the probe signs in as.
"""
