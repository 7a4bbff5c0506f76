"""The verbs of FHIR Bundles: `export-fhir` writes one about a person, `import-fhir` reads one of anybody's."""

from argparse import Namespace
from collections import Counter
from pathlib import Path

from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.backups import Occasion
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.printing import FOR_WHOM, Purpose
from mdt_desktop.services.backups import BackupFailed
from mdt_desktop.services.fhir_import import ImportReport
from mdt_desktop.services.held_content import HeldDecision
from mdt_desktop.words import sentence, words


class OneThingAtATime(BadInput):
    """Neither a file nor a question about those who are held, or several of them."""

    code = "fhir_one_thing"


class DecisionUnknown(BadInput):
    """No such decision about somebody who is held."""

    code = "fhir_decision_unknown"


def export_fhir(options: Namespace, terminal: Terminal) -> Answer:
    """Write everything about a person as a Bundle to a new file or to stdout; what is kept back is said."""
    out = Path(options.out).expanduser().absolute() if options.out else None
    with opened(options, terminal) as program:
        service = program.services.fhir_export
        leaving = service.read(options.id, Purpose(FOR_WHOM[options.for_whom]))
        if out is not None:
            service.save(leaving, out)
        else:
            service.record(leaving)
    for it in leaving.withheld:
        terminal.say(words("cli.fhir_withheld", count=it.count, kind=it.kind, why=it.why))
    count = sum(leaving.resources.values())
    document = {
        "person_id": leaving.person_id,
        "for": options.for_whom,
        "file": out,
        "resources": count,
        "types": leaving.resources,
        "withheld": leaving.withheld,
    }
    if out is not None:
        return Answer(document, words("cli.fhir_written", resources=count, file=out))
    return Answer({**document, "bundle": leaving.bundle}, leaving.content.decode())


def import_fhir(options: Namespace, terminal: Terminal) -> Answer:
    """Bring a Bundle in, or say what that would do; or list and decide those who were held."""
    if sum((options.file is not None, options.held, options.decide is not None)) != 1:
        raise OneThingAtATime
    if options.decide is not None and options.decide[0] not in list(HeldDecision):
        raise DecisionUnknown
    with opened(options, terminal) as program:
        if options.held:
            return _held(program)
        service = program.services.fhir_import
        if options.decide is not None:
            report = service.decide(options.decide[1], HeldDecision(options.decide[0]))
            return Answer(_document(report, False), _text(report, "cli.fhir_imported"))
        file = Path(options.file).expanduser().absolute()
        report = service.preview(file)
        if not options.preview:
            if _would_change(report):
                _back_up(program, terminal)
            report = service.apply(file)
    key = "cli.fhir_previewed" if options.preview else "cli.fhir_imported"
    return Answer(_document(report, options.preview), _text(report, key))


def _held(program: Program) -> Answer:
    waiting = program.services.fhir_import.waiting()
    lines = [
        words("cli.fhir_waiting", id=it.id, patient=it.patient, resources=it.resources, reason=it.reason)
        for it in waiting
    ]
    return Answer({"held": waiting}, "\n".join(lines) or words("cli.fhir_nobody_waits"))


def _would_change(report: ImportReport) -> bool:
    return bool(report.written or report.count("new") or any(it.filled for it in report.people))


def _back_up(program: Program, terminal: Terminal) -> None:
    """One backup before what changes something; that none could be made is told and stops nothing."""
    try:
        program.services.backups.before(Occasion.IMPORT, terminal.progress(words("cli.backing_up")))
    except BackupFailed as error:
        terminal.say(sentence(error))


def _document(report: ImportReport, preview: bool) -> dict[str, object]:
    return {
        "file": report.file,
        "sha256": report.sha256,
        "preview": preview,
        "changed": not preview and bool(report.changes),
        "matched": report.count("matched"),
        "new": report.count("new"),
        "held": report.count("held"),
        "refused": report.count("refused"),
        "people": report.people,
        "written": report.written,
        "unchanged": report.unchanged,
        "differing": report.differing,
        "no_home": report.no_home,
        "left_over": report.left_over,
    }


def _text(report: ImportReport, key: str) -> str:
    counts = {it: report.count(it) for it in ("matched", "new", "held", "refused")}
    records = sum(report.written.values())
    lines = [words(key, file=report.file, records=records, unchanged=report.unchanged, **counts)]
    for it in report.people:
        outcome = words(f"fhir_outcome.{it.outcome}")
        lines.append(words("cli.fhir_person", patient=it.patient, outcome=outcome, reason=it.reason).rstrip())
    lines += [words("cli.fhir_told", resource=named, reason=why) for why, named in _by_reason(report).items()]
    lines += [
        words("cli.fhir_left_over", resource=it.resource, elements=", ".join(it.elements)) for it in report.left_over
    ]
    return "\n".join(lines)


def _by_reason(report: ImportReport) -> dict[str, str]:
    """What is told of resources, each reason once, with how many of which type; one alone by its name."""
    told: dict[str, list[str]] = {}
    for it in (*report.differing, *report.no_home):
        told.setdefault(it.reason, []).append(it.resource)
    return {
        reason: resources[0]
        if len(resources) == 1
        else ", ".join(
            words("cli.fhir_count", count=count, type=type_)
            for type_, count in Counter(it.split("/")[0].split(" ")[0] for it in resources).items()
        )
        for reason, resources in told.items()
    }
