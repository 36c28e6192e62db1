"""Who is in the room now: the wire, the pure room machine, presence, the line check. No tables, no HTTP."""
