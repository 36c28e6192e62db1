"""relays (TURN): what their coturn is told, whether they really relay, and which of several is well."""
