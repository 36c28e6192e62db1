"""What too few people stand behind is not told, and no line of which the sum is told gives it away."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from scheduling.glance.hiding import ALL, Key, edges, hidden, hidden_together

LEAST = 5
# One person: the district, and in which columns he stands.
PEOPLE = st.lists(st.tuples(st.integers(1, 4), st.frozensets(st.sampled_from("abcd"), min_size=1)), max_size=60)


def counted(people: list[tuple[int, frozenset[str]]]) -> dict[Key, set[int]]:
    """Who stands in each cell and at each edge."""
    found: dict[Key, set[int]] = defaultdict(set)
    for number, (district, columns) in enumerate(people):
        for column in columns:
            for key in ((district, column), (district, ALL), (ALL, column), (ALL, ALL)):
                found[key].add(number)
    return found


def sizes(who: dict[Key, set[int]]) -> dict[Key, int]:
    return {key: len(those) for key, those in who.items()}


def test_a_small_cell_takes_another_along_in_its_row_and_in_its_column() -> None:
    people = {(1, "a"): 20, (1, "b"): 9, (2, "a"): 8, (2, "b"): 3, (1, ALL): 29, (2, ALL): 11}
    people |= {(ALL, "a"): 28, (ALL, "b"): 12, (ALL, ALL): 40}
    assert hidden(people, LEAST) == {(2, "b"), (2, "a"), (1, "b"), (1, "a")}


def test_a_small_district_hides_with_the_next_smallest() -> None:
    people: dict[Key, int] = {(1, ALL): 3, (2, ALL): 7, (3, ALL): 30, (ALL, ALL): 40}
    assert hidden(people, LEAST) == {(1, ALL), (2, ALL)}


def test_two_small_districts_are_enough_for_each_other() -> None:
    people: dict[Key, int] = {(1, ALL): 3, (2, ALL): 4, (3, ALL): 30, (ALL, ALL): 37}
    assert hidden(people, LEAST) == {(1, ALL), (2, ALL)}


def test_where_all_are_many_nothing_is_hidden_and_nobody_is_no_secret() -> None:
    people: dict[Key, int] = {(1, "a"): 8, (2, "a"): 0, (1, ALL): 8, (2, ALL): 0, (ALL, "a"): 8, (ALL, ALL): 8}
    assert hidden(people, LEAST) == frozenset()


@given(PEOPLE)
def test_whoever_takes_told_figures_from_a_told_sum_learns_of_five_people_or_of_none(
    people: list[tuple[int, frozenset[str]]],
) -> None:
    who = counted(people)
    taken = hidden(sizes(who), LEAST)
    assert all(len(those) >= LEAST for key, those in who.items() if key not in taken)
    for edge in who:
        if edge in taken or ALL not in edge:
            continue
        for cells in _lines(edge, who):
            secret = [who[cell] for cell in cells if cell in taken]
            assert len(secret) != 1, "one alone is the sum less the others"
            assert not secret or len(set().union(*secret)) >= LEAST


@given(PEOPLE)
def test_a_sum_that_is_hidden_is_not_the_sum_of_what_is_told(people: list[tuple[int, frozenset[str]]]) -> None:
    who = counted(people)
    taken = hidden(sizes(who), LEAST)
    for edge in who:
        if edge in taken and ALL in edge:
            assert all(any(cell in taken for cell in cells) for cells in _lines(edge, who) if cells)


@given(PEOPLE, PEOPLE)
def test_tables_with_the_same_sums_are_silent_of_the_same_districts(
    people: list[tuple[int, frozenset[str]]], others: list[tuple[int, frozenset[str]]]
) -> None:
    one, other = hidden_together([sizes(counted(people)), sizes(counted(others))], LEAST)
    assert edges(one) == edges(other)
    assert one >= hidden(sizes(counted(people)), LEAST, also=edges(one))


def _lines(edge: Key, who: dict[Key, set[int]]) -> list[list[Key]]:
    """Of what an edge is the sum: of the districts in its column, of the columns in its district, or of both."""
    district, column = edge
    down = [key for key in who if key[0] is not ALL and key[1] == column] if district is ALL else []
    across = [key for key in who if key[0] == district and key[1] is not ALL] if column is ALL else []
    return [line for line in (down, across) if line]
