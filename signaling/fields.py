"""The fields of the wire: what a name, a count or a line of text may be, and the strictness all messages share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# What no database column and no page wants: control characters; a new line and a tab may be pasted into a chat.
_PLAIN = r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*"
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, pattern=rf"^{_PLAIN}[^\s\x00-\x1f\x7f-\x9f]{_PLAIN}$")
]
Name = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Epoch = Annotated[str, StringConstraints(max_length=64)]
Count = Annotated[int, Field(ge=0, le=2**31)]
Seq = Annotated[int, Field(ge=1, le=2**31)]
SeatNumber = Annotated[int, Field(ge=0, le=2**31)]
Figure = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=0, le=16384)]


class Wire(BaseModel):
    """Strict: no unknown fields, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
