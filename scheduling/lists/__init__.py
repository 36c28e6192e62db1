"""Lists from files: many applications or certificates at once, looked over row by row and taken all together or not."""

from scheduling.lists.accepting import Issuing, accept, finish, step
from scheduling.lists.accepting import begin as begin_to_apply
from scheduling.lists.checking import held_against
from scheduling.lists.choosing import choose, choose_all
from scheduling.lists.codes import hand_out_codes
from scheduling.lists.reading import (
    KEPT,
    SILENT,
    Counts,
    Only,
    accepted_before,
    begin,
    cancel,
    clear,
    counts,
    failed,
    forget_old,
    listed,
    own,
    people_of,
    read_whole,
    refuse_torn,
    refused_rows,
    rows,
    seen,
    stage,
    start_again,
    still_here,
    under_way,
)
from scheduling.lists.tables import Choice, Kind, ListRow, ListUpload, Status, Verdict
from scheduling.lists.undoing import turn_back, undo
from scheduling.lists.whole import torn

__all__ = [
    "KEPT",
    "SILENT",
    "Choice",
    "Counts",
    "Issuing",
    "Kind",
    "ListRow",
    "ListUpload",
    "Only",
    "Status",
    "Verdict",
    "accept",
    "accepted_before",
    "begin",
    "begin_to_apply",
    "cancel",
    "choose",
    "choose_all",
    "clear",
    "counts",
    "failed",
    "finish",
    "forget_old",
    "hand_out_codes",
    "held_against",
    "listed",
    "own",
    "people_of",
    "read_whole",
    "refuse_torn",
    "refused_rows",
    "rows",
    "seen",
    "stage",
    "start_again",
    "step",
    "still_here",
    "torn",
    "turn_back",
    "under_way",
    "undo",
]
