"""The verbs of people and cases: `cases`, `case`, `propose-lead` and `plan-pdf`."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.dates import age_on, cui_date
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.exports import LEAST, ListPurpose, ListReason, kind_of
from mdt_desktop.domain.nhs_number import NhsNumber, NotAnNhsNumber
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.domain.printing import FOR_WHOM, Purpose
from mdt_desktop.services.case_file import Overview, PersonSummary
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery, CaseloadRow, next_step
from mdt_desktop.services.lead_proposals import LeadProposal
from mdt_desktop.words import label, people_count, sentence, words

_NHS_NUMBER_DIGITS = 10

if TYPE_CHECKING:
    from mdt_desktop.services.exports import LeavingList


class NoCase(NotFound):
    """No case was opened for the person."""

    code = "no_case"


def cases(options: Namespace, terminal: Terminal) -> Answer:
    """People by name, number, date of birth or postcode and by tier, highest risk first: shown, or saved as a list."""
    tiers = frozenset({options.tier}) if options.tier else frozenset()
    query = CaseloadQuery(CaseloadFilter(text=options.search, tiers=tiers))
    if options.out is not None:
        return _saved_list(options, terminal, query)
    with opened(options, terminal) as program:
        found = program.services.caseload.page(query, 0, options.limit)
        if options.search.strip():
            program.services.audits.record_search(options.search, found.total)
        today = program.access.today()
    people = [{**_fields(row), "next_step": next_step(row, today)} for row in found.rows]
    document = {
        "search": options.search,
        "tier": options.tier,
        "total": found.total,
        "shown": len(people),
        "people": people,
    }
    lines = [words("cli.people_found", shown=len(people), total=found.total)]
    lines += [_row_line(row) for row in found.rows]
    return Answer(document, "\n".join(lines))


def _saved_list(options: Namespace, terminal: Terminal, query: CaseloadQuery) -> Answer:
    """The whole list as a new file; how many people and which columns leave is said before they do."""
    out = Path(options.out).expanduser().absolute()
    # Before the store is opened: what is missing on the command line is not worth waiting for.
    purpose = ListPurpose(ListReason.OTHER, options.why or "")
    kind_of(out.name)

    def tell(leaving: "LeavingList") -> None:
        columns = ", ".join(label(column) for column in leaving.columns)
        terminal.say(words("cli.list_leaves", people=len(leaving.person_ids), columns=columns))

    with opened(options, terminal) as program:
        saved = program.services.exports.save_caseload(query, options.columns or set(LEAST), out, purpose, tell)
    return Answer(saved, words("cli.list_written", people=saved.people, file=saved.path))


def case(options: Namespace, terminal: Terminal) -> Answer:
    """Everything the first page of a case shows; that it was looked at is recorded."""
    with opened(options, terminal) as program:
        case_file = program.services.case_file
        with helping_to_find(options.id, terminal):
            person_id = case_file.find(options.id)
        overview = case_file.overview(person_id)
        case_file.viewed(person_id)
        text = "\n".join(_case_lines(overview, program))
    return Answer(overview, text)


def propose_lead(options: Namespace, terminal: Terminal) -> Answer:
    """Who should lead by the rule, and why in one sentence; nothing is decided by it."""
    with opened(options, terminal) as program:
        with helping_to_find(options.id, terminal):
            overview = overview_of_case(program, options.id)
        proposal = program.services.allocations.propose(overview.person.case_id)
    reason, choice = _reason(proposal), _choice(proposal, overview.person)
    practitioner = proposal.practitioner
    document = {
        "person_id": overview.person.id,
        "case_id": overview.person.case_id,
        "practitioner": practitioner,
        "discipline": proposal.discipline,
        "rule": proposal.rule,
        "age_rule": proposal.age_rule,
        "age": proposal.age,
        "tier": proposal.tier,
        "primary_need": proposal.primary_need,
        "reason": f"{reason} {choice}",
    }
    proposed = words(
        "cli.proposed",
        name=practitioner.name,
        role=label(practitioner.role),
        works_for=practitioner.works_for,
    )
    return Answer(document, f"{proposed}\n{reason} {choice}")


def plan_pdf(options: Namespace, terminal: Terminal) -> Answer:
    """Write the agreed plan, else the draft, else a planning sheet, as PDF; why is recorded, nothing overwritten."""
    out = Path(options.out).expanduser().absolute()
    # Read before the store is opened: a password that is missing is not worth waiting for.
    password = terminal.password_from(options.password_file) if options.password_file else None
    with opened(options, terminal) as program, helping_to_find(options.id, terminal):
        saved = program.services.printing.save(options.id, out, Purpose(FOR_WHOM[options.for_whom]), password)
    told = words(f"cli.pdf_written.{saved.kind.value}", file=saved.path, version=saved.version, pages=saved.pages)
    return Answer(saved, f"{told} {words('cli.pdf_protected')}" if saved.protected else told)


@contextmanager
def helping_to_find(given: str, terminal: Terminal) -> Iterator[None]:
    """Say what is wrong with a number, or how to look for somebody, where nobody is found; the error goes on."""
    try:
        yield
    except NoCase:
        raise
    except NotFound:
        if sum(letter.isdigit() for letter in given) == _NHS_NUMBER_DIGITS:
            _say_what_is_wrong(given, terminal)
        terminal.say(words("cli.nobody_under", given=given))
        raise


def _say_what_is_wrong(number: str, terminal: Terminal) -> None:
    try:
        NhsNumber.parse(number)
    except NotAnNhsNumber as problem:
        terminal.say(sentence(problem))


def _fields(row: CaseloadRow) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _row_line(row: CaseloadRow) -> str:
    """One person in one line, the three identifiers first."""
    if row.closed:
        return "  ".join((name_on_screen(row.family_name, row.given_names, row.title), words("caseload.restricted")))
    parts = (
        name_on_screen(row.family_name, row.given_names, row.title),
        cui_date(row.born),
        spaced_nhs_number(row.nhs_number) or words("cli.no_number"),
        label(row.tier) if row.tier else words("cli.no_tier"),
        label(row.stage) if row.stage else words("cli.no_case_yet"),
        row.lead_name or words("cli.no_lead_yet"),
    )
    return "  ".join(parts)


def overview_of_case(program: Program, id_or_number: str) -> Overview:
    """The overview of somebody who has a case; raises NotFound, NoCase."""
    case_file = program.services.case_file
    overview = case_file.overview(case_file.find(id_or_number))
    if overview.case is None:
        raise NoCase
    return overview


def _case_lines(overview: Overview, program: Program) -> list[str]:
    person, found = overview.person, overview.case
    lines = [
        name_on_screen(person.family_name, person.given_names, person.title),
        words(
            "cli.born",
            born=cui_date(person.born),
            age=age_on(person.born, program.access.today()),
            gender=label(person.gender),
            number=spaced_nhs_number(person.nhs_number) or label(person.nhs_number_status),
        ),
        words("cli.practice", practice=person.practice_name, locality=person.locality_name),
    ]
    if found is None:
        return [*lines, words("cli.no_case")]
    lines.append(words("cli.stage", stage=label(found.stage), since=cui_date(found.stage_since)))
    lines.append(words("cli.tier", tier=label(found.tier) if found.tier else words("cli.no_tier")))
    lines.append(words("cli.consent", status=label(overview.consent.status)))
    lead, plan = overview.lead, overview.plan
    lines.append(
        words("cli.lead", name=lead.name, works_for=lead.works_for, telephone=lead.telephone)
        if lead
        else words("cli.no_lead")
    )
    lines.append(
        words("cli.plan", version=plan.version, status=_inside(label(plan.status))) if plan else words("cli.no_plan")
    )
    return lines


def _reason(proposal: LeadProposal) -> str:
    return words(
        f"allocation_reason.{proposal.rule.value}",
        age=proposal.age,
        age_rule=_inside(label(proposal.age_rule)),
        discipline=label(proposal.discipline),
        primary_need=_inside(label(f"primary_need.{proposal.primary_need}")),
    )


def _inside(text: str) -> str:
    """A label in the middle of a sentence; GP stays GP."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _choice(proposal: LeadProposal, person: PersonSummary) -> str:
    practitioner = proposal.practitioner
    near = "borough"
    if practitioner.practice_id == person.practice_id:
        near = "practice"
    elif practitioner.locality_id == person.locality_id:
        near = "locality"
    return words(f"allocation_choice.{near}", name=practitioner.name, leads=people_count(practitioner.leads))
