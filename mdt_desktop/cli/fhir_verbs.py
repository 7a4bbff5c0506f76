"""The verbs of FHIR Bundles: `export-fhir` writes one about a person, `import-fhir` reads one of anybody's."""

from argparse import Namespace
from pathlib import Path

from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.printing import FOR_WHOM, Purpose
from mdt_desktop.words import words


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
