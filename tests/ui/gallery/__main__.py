"""Every styled widget, the banner and the shell with invented content, drawn to PNG so that they can be looked at.

`python -m tests.ui.gallery DIR` writes one picture a screen size, colour scheme and text scale.
"""

import sys
from itertools import product
from pathlib import Path

from PySide6.QtWidgets import QApplication, QScrollArea

from mdt_desktop.ui import theme
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.messages import Choice, NoticeAction, Tone
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from tests.ui.gallery.pages import CaseloadSample
from tests.ui.gallery.shell import Shell, settle
from tests.ui.gallery.widgets import WidgetsSample


def draw_all(folder: Path, app: QApplication) -> None:
    """Draw every sample page in every look."""
    folder.mkdir(parents=True, exist_ok=True)
    looks = ((1366, 768, 1.0), (1366, 768, 1.5), (1920, 1080, 1.0), (1366, 768, 2.0))
    for (width, height, scale), scheme in product(looks, ("light", "dark")):
        theme.apply(app, "dark" if scheme == "dark" else "light", scale)
        shell = Shell()
        shell.window.resize(width, height)
        shell.window.show()
        shell.window.activateWindow()
        settle()
        name = f"{width}-{round(scale * 100)}-{scheme}"
        for key in ("caseload", "case", "died", "meetings"):
            shell.window.show_page(key)
            page = shell.window.page
            if isinstance(page, CaseloadSample):
                page.table.setFocus()
                shell.messages.done("Moved Amina Example to Planning", lambda: None)
            if isinstance(page, WidgetsSample):
                page.name_box.setFocus()
                shell.messages.notify(
                    "The store could not be reached. What you typed is kept.",
                    Tone.ERROR,
                    NoticeAction("Try again", lambda: None),
                )
            settle()
            shell.window.grab().save(str(folder / f"{key}-{name}.png"))
        _draw_layers(shell, folder, name)
        shell.close()
        settle()


def _draw_layers(shell: Shell, folder: Path, name: str) -> None:
    shell.window.show_page("case")
    shell.window.command_palette.open_palette()
    shell.window.command_palette.box.setText("e")
    settle(100)
    shell.window.grab().save(str(folder / f"palette-{name}.png"))
    shell.window.command_palette.close_palette()
    page = shell.window.page
    if page is not None:
        beneath = page.findChild(QScrollArea)
        sheet = SideSheet("Agree the lead professional", beneath or page)
        sheet.body.addWidget(words_label("Dr Placeholder (GP) is proposed because the person is over 75.", wraps=True))
        reason = GrowingTextEdit()
        sheet.body.addWidget(FieldLabel("Reason, if you choose somebody else", reason))
        sheet.body.addWidget(reason)
        sheet.body.addStretch(1)
        sheet.foot.addStretch(1)
        sheet.foot.addWidget(Button("Agree lead", None, "primary"))
        sheet.open_sheet(reason)
        settle()
        shell.window.grab().save(str(folder / f"sheet-{name}.png"))
    shell.messages.ask(
        "Withdraw this consent?",
        [Choice("keep", "Keep consent"), Choice("withdraw", "Withdraw consent", "danger")],
        lambda _: None,
        way_out="keep",
        detail="Sharing stops at once. The plan stays, and the history says who withdrew it and when.",
    )
    settle()
    for dialog in QApplication.topLevelWidgets():
        if dialog is not shell.window and dialog.isVisible():
            dialog.grab().save(str(folder / f"question-{name}.png"))
            dialog.close()
    shell.window.commands.run("view.keys")
    settle()
    for dialog in QApplication.topLevelWidgets():
        if dialog is not shell.window and dialog.isVisible():
            dialog.grab().save(str(folder / f"keys-{name}.png"))
            dialog.close()


def main(argv: list[str]) -> int:
    """Draw into the folder named on the command line."""
    app = make_application(scheme="light")
    draw_all(Path(argv[1]), app)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
