"""Quality by place and time: medians over sessions, and no cell from which a single session could be told."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.quality import LEAST, By, Figures, Held, table

MONDAY = date(2026, 11, 2)


def held(district: str, place: str, count: int = 1, *, week: int = 0, **more: float | bool) -> list[Held]:
    figures = Figures(loss=float(more.get("loss", 0.02)), rtt_ms=80.0, concealed=0.01, rungs={"high": 3, "voice": 1})
    one = Held(district, place, MONDAY + timedelta(weeks=week), bool(more.get("failed")), False, figures)
    return [one] * count


def test_a_place_shows_its_medians_and_shares() -> None:
    sessions = [*held("Сузунский", "Битки", 2), *held("Сузунский", "Битки", loss=0.4, failed=True)]
    (cell,) = table(sessions, "settlement").cells
    assert (cell.key, cell.district, cell.sessions, cell.loss, cell.rtt_ms) == ("Битки", "Сузунский", 3, 0.02, 80.0)
    assert (round(cell.failed or 0, 2), cell.phoned, cell.rungs["voice"]) == (0.33, 0.0, 0.25)


def test_small_places_of_a_district_are_one() -> None:
    sessions = [
        *held("Сузунский", "Сузун", 5),
        *held("Сузунский", "Битки", 2),
        *held("Сузунский", "Шарчино", 1),
        *held("Куйбышевский", "Куйбышев", 4),
    ]
    cells = table(sessions, "settlement").cells
    told = [(cell.district, cell.key, cell.sessions, cell.merged) for cell in cells]
    assert told == [
        ("Куйбышевский", "Куйбышев", 4, False),
        ("Сузунский", "Сузун", 5, False),
        ("Сузунский", "", 3, True),
    ]


def test_one_small_place_takes_another_along_else_the_sum_would_give_it_away() -> None:
    cells = table([*held("Сузунский", "Сузун", 5), *held("Сузунский", "Битки", 2)], "settlement").cells
    assert [(cell.key, cell.sessions, cell.merged) for cell in cells] == [("", 7, True)]


def test_a_district_with_too_few_sessions_tells_nothing() -> None:
    (cell,) = table(held("Сузунский", "Сузун", 2, loss=0.4), "settlement").cells
    assert (cell.withheld, cell.sessions, cell.loss, cell.failed) == (True, 0, None, None)


def test_weeks_stand_in_order_of_time() -> None:
    sessions = [
        *held("Сузунский", "Сузун", 3, week=1),
        *held("Сузунский", "Сузун", 4),
        *held("Сузунский", "Сузун", 1, week=2),
    ]
    found = table(sessions, "week")
    assert [(cell.key, cell.sessions, cell.withheld) for cell in found.cells] == [
        ("2026-11-02", 4, False),
        ("2026-11-09", 3, False),
        ("2026-11-16", 0, True),
    ]
    assert found.total.sessions == 7, "what is withheld is not in the sum either"


def measured(loss: float | None, *, week: int = 0, **rungs: int) -> Held:
    figures = Figures(loss=loss, rungs=rungs)
    return Held("Сузунский", "Сузун", MONDAY + timedelta(weeks=week), False, False, figures)


def test_a_figure_that_a_cell_withholds_is_not_in_the_sum() -> None:
    """The second week tells that it was three sessions, but nothing of the only line of them that was measured."""
    first = [measured(loss, high=1) for loss in (0.25, 0.25, 0.75, 0.75)]
    second = [measured(0.9, week=1, voice=4), measured(None, week=1), measured(None, week=1)]
    found = table([*first, *second], "week")
    assert [(cell.sessions, cell.loss, dict(cell.rungs).get("voice")) for cell in found.cells] == [
        (4, 0.5, 0.0),
        (3, None, None),
    ]
    assert (found.total.sessions, found.total.loss, found.total.rungs["voice"]) == (7, 0.5, 0.0)


SESSIONS = st.lists(
    st.builds(
        Held,
        st.sampled_from(("А", "Б", "В")),
        st.sampled_from(("", "один", "два", "три")),
        st.integers(0, 3).map(lambda week: MONDAY + timedelta(weeks=week)),
        st.booleans(),
        st.booleans(),
        st.builds(Figures, loss=st.none() | st.floats(0, 1)),
    ),
    max_size=40,
)


@given(SESSIONS, st.sampled_from(("settlement", "district", "week")))
def test_no_cell_and_no_difference_of_cells_tells_of_fewer_than_three(sessions: list[Held], by: By) -> None:
    found = table(sessions, by)
    for cell in found.cells:
        assert cell.withheld or cell.sessions >= LEAST
        if cell.withheld:
            assert (cell.sessions, cell.loss, cell.rtt_ms, cell.failed, cell.phoned, dict(cell.rungs)) == (
                0,
                None,
                None,
                None,
                None,
                {},
            )
    told = sum(cell.sessions for cell in found.cells)
    assert found.total.sessions == (told if told >= LEAST else 0)
    losses = [cell.loss for cell in found.cells if cell.loss is not None]
    if losses and found.total.loss is not None:
        assert min(losses) <= found.total.loss <= max(losses), "the sum knows no more than its cells"
    assert (found.total.loss is None) == (not losses)
    if by != "week":
        wholes = {each.district if by == "settlement" else "" for each in sessions}
        few = [
            whole for whole in wholes if sum(by == "district" or each.district == whole for each in sessions) < LEAST
        ]
        assert len([cell for cell in found.cells if cell.withheld]) == len(few), "only a whole too small is withheld"
