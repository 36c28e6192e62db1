"""QR codes as pictures, drawn where they are looked at: drawing one takes as long as two bookings."""

import io

import segno


def svg(text: str) -> str:
    """A QR code as one <svg> element without a fixed size, for pages and slips."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, nl=False
    )
    return out.getvalue().decode()
