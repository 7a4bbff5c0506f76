"""The verbs of risk stratification: `import-risk` reads practices' files, `coverage` says how far the work has got."""

import codecs
import errno
import os
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.domain.risk import AT_RISK
from mdt_desktop.domain.risk_columns import ColumnsNotMapped
from mdt_desktop.services.coverage import Measure
from mdt_desktop.services.risk_import import ImportPreview, ImportResult, RiskFile, RunState, approach_words
from mdt_desktop.services.risk_rejects import REJECTS_BEGIN, reason_in_words, write_all_rejects
from mdt_desktop.words import label, sentence, words

_MOST_REJECTS_SHOWN = 20


class FileNotWritten(BadInput):
    """A file could not be written. Values: `file`, `reason`."""

    code = "file_not_written"


class FileNotRead(BadInput):
    """A file could not be read. Values: `file`, `reason`."""

    code = "file_not_read"


class RunTwice(BadInput):
    """Two different files of one practice and date in one command. Values: `file`, `other`, `practice`."""

    code = "risk_run_twice"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one file; `error` where it was refused as a whole."""

    file: Path
    preview: ImportPreview | None = None
    result: ImportResult | None = None
    error: MdtError | None = None


def import_risk(options: Namespace, terminal: Terminal) -> Answer:
    """Preview each file and, unless only that was asked for, store its run: each file whole or not at all."""
    rejects = Path(options.rejects) if options.rejects else None
    if rejects:
        _require_rejects_place(rejects)
    outcomes: list[_Outcome] = []
    with opened(options, terminal) as program:
        for name in options.files:
            outcomes.append(_one(program, Path(name), terminal, options.preview, outcomes))
    if rejects:
        _write_rejects(rejects, outcomes)
    refused = sum(1 for outcome in outcomes if outcome.error)
    document = {
        "preview": options.preview,
        "files": [_document(outcome) for outcome in outcomes],
        "taken": len(outcomes) - refused,
        "refused": refused,
        "rejects_file": options.rejects,
    }
    return Answer(document, "\n".join(_text(outcome) for outcome in outcomes), done=not refused)


def coverage(options: Namespace, terminal: Terminal) -> Answer:
    """The headline measure: people at risk, with a joint plan, with an agreed lead, and with both."""
    with opened(options, terminal) as program:
        found = program.services.coverage.headline()
    lines = [words("cli.coverage.registered", count=found.registered)]
    lines += [f"  {label(tier)}: {getattr(found.tiers, tier.value):,}" for tier in AT_RISK]
    for measure in (Measure.AT_RISK, Measure.WITH_JOINT_PLAN, Measure.WITH_AGREED_LEAD, Measure.WITH_BOTH):
        lines.append(words(f"cli.coverage.{measure.value}", count=getattr(found, measure.value)))
    return Answer(found, "\n".join(lines))


def _one(program: Program, file: Path, terminal: Terminal, only_preview: bool, before: Sequence[_Outcome]) -> _Outcome:
    """One file; a refusal is kept, so that the others still get their turn."""
    risk_import = program.services.risk_import
    preview = None
    try:
        if not file.is_file():
            raise FileNotRead(
                file=str(file), reason=words("cli.not_a_file") if file.exists() else os.strerror(errno.ENOENT)
            )
        report = terminal.progress(words("cli.reading", file=file.name))
        preview = risk_import.preview(file, on_progress=report)
        _require_run_of_its_own(preview.file, file, before)
        if only_preview:
            return _Outcome(file, preview)
        report = terminal.progress(words("cli.writing", file=file.name))
        return _Outcome(file, preview, risk_import.apply(preview, report))
    except OSError as error:
        return _Outcome(file, preview, error=FileNotRead(file=str(file), reason=_reason(error)))
    except MdtError as error:
        terminal.say(words("cli.file_refused", file=file.name, why=_why(error)))
        return _Outcome(file, preview, error=error)


def _require_run_of_its_own(found: RiskFile, file: Path, before: Sequence[_Outcome]) -> None:
    """Refuse another list of a practice and date that this very command has read already. Raises RunTwice.

    The second would replace the first as its correction: half of a list that came in two files would be lost.
    """
    for outcome in before:
        if outcome.preview is None or outcome.error:
            continue
        other = outcome.preview.file
        same_run = (other.practice_code, other.run_date) == (found.practice_code, found.run_date)
        if same_run and other.head.sha256 != found.head.sha256:
            raise RunTwice(file=file.name, other=outcome.file.name, practice=found.practice_code)


def _why(error: MdtError) -> str:
    """The sentence of a refusal; on a command line nobody can map columns, so those that are open are named."""
    if not isinstance(error, ColumnsNotMapped):
        return sentence(error)
    found = error.recognition
    missing = [words("cli.columns_or").join(label(meaning) for meaning in group) for group in found.missing]
    told = [words("cli.columns_missing", columns="; ".join(missing))] if missing else []
    for doubt in found.ambiguous:
        headings = ", ".join(found.headings[place] for place in doubt.columns)
        told.append(words("cli.columns_ambiguous", column=label(doubt.meaning), headings=headings))
    return " ".join(told)


def _document(outcome: _Outcome) -> dict[str, object]:
    told: dict[str, object] = {"file": outcome.file}
    if outcome.error:
        told |= {"error": type(outcome.error).code, "message": _why(outcome.error)}
    preview, result = outcome.preview, outcome.result
    if preview is None:
        return told
    file = preview.file
    told |= {
        "practice_code": file.practice_code,
        "practice_known": preview.practice_known,
        "run_date": file.run_date,
        "tool": file.tool,
        "tool_version": file.tool_version,
        "state": preview.state,
        "approach": preview.approach,
        "approach_words": approach_words(preview),
        "list_size": preview.list_size,
        "rows": len(file.rows),
        "new_people": preview.new_people,
        "updates": preview.updates,
        "unchanged": preview.unchanged,
        "left_out": preview.left_out,
        "absent": preview.absent,
        "held": preview.held,
        "rejected": len(file.rejects),
        "tiers": preview.tiers,
        "first_rejects": [
            {"line": reject.line, "column": reject.column, "code": reject.code, "reason": reason_in_words(reject)}
            for reject in file.rejects[:_MOST_REJECTS_SHOWN]
        ],
    }
    if result is not None:
        told |= {
            "run_id": result.run_id,
            "new_people": result.new_people,
            "updates": result.updated,
            "unchanged": result.unchanged,
            "held": result.held,
            "left_out": result.left_out,
            "new_cases": result.new_cases,
            "changed": bool(result.changes),
        }
    return told


def _text(outcome: _Outcome) -> str:
    preview, result = outcome.preview, outcome.result
    if outcome.error or preview is None:
        why = _why(outcome.error) if outcome.error else ""
        return words("cli.file_refused", file=outcome.file.name, why=why)
    key = "cli.file_previewed" if result is None else "cli.file_imported" if result.changes else "cli.file_same"
    head = words(
        key,
        file=outcome.file.name,
        practice=preview.file.practice_code,
        rows=len(preview.file.rows),
        new=preview.new_people,
        updates=preview.updates,
        unchanged=preview.unchanged,
        held=preview.held,
        rejected=len(preview.file.rejects),
    )
    tiers = [
        words("cli.tier_line", tier=label(count.tier), actual=count.actual, expected=count.expected)
        for count in preview.tiers
    ]
    rejects = [
        words("cli.reject_line", line=reject.line, reason=reason_in_words(reject))
        for reject in preview.file.rejects[:_MOST_REJECTS_SHOWN]
    ]
    return "\n".join([head, *_standing(preview), *tiers, *rejects])


def _standing(preview: ImportPreview) -> list[str]:
    """What is unusual about the run: it replaces one, a newer one is here, or people on file are not in it."""
    lines = []
    if preview.state in (RunState.CORRECTION, RunState.OLDER):
        lines.append(words(f"cli.run.{preview.state.value}", left_out=preview.left_out))
    if preview.absent:
        lines.append(words("cli.run.absent", absent=preview.absent))
    return lines


def _require_rejects_place(path: Path) -> None:
    """Refuse, before anything is imported, a place where the rejects could not be written or would destroy something.

    Only what is empty or was a rejects file is replaced. Raises FileNotWritten.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        if path.exists() and not path.is_file():
            raise FileNotWritten(file=str(path), reason=words("cli.not_a_file"))
        if path.exists():
            with path.open("rb") as opened:
                begins = opened.read(len(REJECTS_BEGIN))
            if begins.removeprefix(codecs.BOM_UTF8) and begins != REJECTS_BEGIN:
                raise FileNotWritten(file=str(path), reason=words("cli.other_file_there"))
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "")
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "")
    except OSError as error:
        raise _not_written(path, error) from error


def _write_rejects(path: Path, outcomes: list[_Outcome]) -> None:
    """All refused lines of all files in one CSV."""
    read = [(outcome.file.name, outcome.preview.file) for outcome in outcomes if outcome.preview]
    try:
        write_all_rejects(path, [(name, file.head.recognition.headings, file.rejects) for name, file in read])
    except MdtError as error:
        raise FileNotWritten(file=str(path), reason=sentence(error)) from error


def _not_written(path: Path, error: OSError) -> FileNotWritten:
    return FileNotWritten(file=str(path), reason=_reason(error))


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else words("cli.system_refused")
