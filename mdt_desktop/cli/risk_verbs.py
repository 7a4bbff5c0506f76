"""The verbs of risk stratification: `import-risk` reads practices' files, `coverage` says how far the work has got."""

import csv
import io
import os
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.domain.risk import AT_RISK
from mdt_desktop.paths import write_privately
from mdt_desktop.services.coverage import Measure
from mdt_desktop.services.risk_import import ImportPreview, ImportResult, approach_words
from mdt_desktop.services.risk_rejects import reason_in_words, safe_cell
from mdt_desktop.words import label, sentence, words

_MOST_REJECTS_SHOWN = 20


class FileNotWritten(BadInput):
    """A file could not be written. Values: `file`, `reason`."""

    code = "file_not_written"


class FileNotRead(BadInput):
    """A file could not be read. Values: `file`, `reason`."""

    code = "file_not_read"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one file; `error` where it was refused as a whole."""

    file: Path
    preview: ImportPreview | None = None
    result: ImportResult | None = None
    error: MdtError | None = None


def import_risk(options: Namespace, terminal: Terminal) -> Answer:
    """Preview each file and, unless only that was asked for, store its run: each file whole or not at all."""
    with opened(options, terminal) as program:
        outcomes = [_one(program, Path(name), terminal, options.preview) for name in options.files]
    if options.rejects:
        _write_rejects(Path(options.rejects), outcomes)
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


def _one(program: Program, file: Path, terminal: Terminal, only_preview: bool) -> _Outcome:
    """One file; a refusal is kept, so that the others still get their turn."""
    risk_import = program.services.risk_import
    preview = None
    try:
        if not file.is_file():
            raise FileNotRead(file=str(file), reason=os.strerror(2))
        report = terminal.progress(words("cli.reading", file=file.name))
        preview = risk_import.preview(file, on_progress=report)
        if only_preview:
            return _Outcome(file, preview)
        report = terminal.progress(words("cli.writing", file=file.name))
        return _Outcome(file, preview, risk_import.apply(preview, report))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else words("cli.system_refused")
        return _Outcome(file, preview, error=FileNotRead(file=str(file), reason=reason))
    except MdtError as error:
        terminal.say(words("cli.file_refused", file=file.name, why=sentence(error)))
        return _Outcome(file, preview, error=error)


def _document(outcome: _Outcome) -> dict[str, object]:
    told: dict[str, object] = {"file": outcome.file}
    if outcome.error:
        told |= {"error": type(outcome.error).code, "message": sentence(outcome.error)}
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
        why = sentence(outcome.error) if outcome.error else ""
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
    return "\n".join([head, *tiers, *rejects])


def _write_rejects(path: Path, outcomes: list[_Outcome]) -> None:
    """All refused lines of all files in one CSV; where the next file has other headings they are said again."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    said: tuple[str, ...] | None = None
    for outcome in outcomes:
        if outcome.preview is None:
            continue
        file = outcome.preview.file
        headings = tuple(file.head.recognition.headings)
        if headings != said:
            said = headings
            first = (words(f"cli.rejects.{name}") for name in ("file", "line", "column", "reason"))
            writer.writerow([safe_cell(cell) for cell in (*first, *headings)])
        for reject in file.rejects:
            told = (outcome.file.name, str(reject.line), reject.column, reason_in_words(reject))
            writer.writerow([safe_cell(cell) for cell in (*told, *reject.cells)])
    try:
        write_privately(path, buffer.getvalue().encode("utf-8-sig", "replace"))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else words("cli.system_refused")
        raise FileNotWritten(file=str(path), reason=reason) from error
