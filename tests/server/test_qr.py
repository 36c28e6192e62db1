"""The quickly drawn QR code of a link is dot for dot the one that segno draws."""

import re
import secrets

import pytest

from server import qr
from server.api.account import qr_svg

STROKE = re.compile(r"([Mmh])([^Mmhz\"]*)")


def dots(svg: str) -> set[tuple[float, float]]:
    """Where a path of strokes leaves ink."""
    found, x, y = set(), 0.0, 0.0
    for letter, numbers in STROKE.findall(svg[svg.index(' d="') + 4 : svg.rindex('"')]):
        values = [float(each) for each in numbers.split()]
        if letter == "h":
            found |= {(x + number, y) for number in range(int(values[0]))}
        x, y = values if letter == "M" else (x + values[0], y + (values[1:] or [0.0])[0])
    return found


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/visit#", f"https://{'x' * 70}.example.ru/visit#"])
def test_the_code_of_a_link_is_drawn_as_ever(address: str) -> None:
    for secret in [secrets.token_urlsafe(16) for _ in range(8)]:
        quickly, slowly = qr.svg_of_link(address, secret), qr_svg(address + secret)
        assert dots(quickly) == dots(slowly)
        assert quickly.partition("<path")[0] == slowly.partition("<path")[0]
        assert dots(quickly) != dots(qr_svg(address + secret[::-1]))
