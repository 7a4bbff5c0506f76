"""The side sheets of a case by their keys, to bring somebody back into the form that they were in."""

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.happening_sheets import HappeningSheet
from mdt_desktop.ui.case.lead_choice import LeadChoice
from mdt_desktop.ui.case.note_sheets import NoteSheet
from mdt_desktop.ui.case.people_sheets import ContactSheet, FlagSheet, TeamSheet
from mdt_desktop.ui.case.stage_card import MoveSheet
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_sheet import FormSheet

_SHEETS: dict[str, type[ContactSheet] | type[FlagSheet] | type[TeamSheet] | type[LeadChoice]] = {
    sheet.key: sheet for sheet in (ContactSheet, FlagSheet, TeamSheet, LeadChoice)
}
_OF_A_CASE = (TeamSheet.key, LeadChoice.key)


def sheet_of(key: str, case: CaseContext, view: CaseView) -> FormSheet | None:
    """The sheet with this key; None for a key of another version, and where the case does not offer it any more."""
    kind, _, stage = key.partition(".")
    if kind == "move":
        is_stage = stage in set(Stage) and view.overview.case is not None
        return MoveSheet(case, view, Stage(stage)) if is_stage else None
    if key == HappeningSheet.key:
        return HappeningSheet(case, view) if view.overview.case is not None else None
    if key == NoteSheet.key:
        may = view.overview.case is not None and view.overview.rights.may(Permission.EDIT_CASE)
        return NoteSheet(case, view) if may else None
    if key in _OF_A_CASE and view.overview.case is None:
        return None
    made = _SHEETS.get(key)
    return made(case, view) if made is not None else None
