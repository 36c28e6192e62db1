"""What the reading process and the server say to each other: JSON, each piece behind its length.

Apart from `apart`, so that a server that starts does not import what reads workbooks.
"""

import struct

LENGTH = struct.Struct(">I")
