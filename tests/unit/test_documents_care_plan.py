"""The joint care plan on paper: what stands where, on which pages, and in what size."""

import dataclasses
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

import mdt_desktop
from mdt_desktop.documents.care_plan import render
from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus, IStatementDomain, PlanStatus
from mdt_desktop.words import vocabulary
from tests.unit.documents_papers import (
    a_full_paper,
    a_goal,
    a_small_paper,
    an_action,
    font_sizes,
    page_texts,
    whole_text,
)


def _with_actions(count: int) -> bytes:
    actions = tuple(
        an_action(f"Step {number} of many, with words that fill two lines end{number}") for number in range(count)
    )
    need = dataclasses.replace(a_full_paper().needs[0], goals=(a_goal(*actions),))
    return render(dataclasses.replace(a_full_paper(), needs=(need,)))


def test_page_one_says_who_what_matters_who_leads_and_what_to_do_in_a_crisis() -> None:
    page = page_texts(render(a_full_paper()))[0]
    for words in (
        "Mrs Rahima Sampleton",
        "Likes to be called Rahima",
        "14 August 1940",
        "943 476 5919",
        "Lives alone",
        "I want to cook for my grandchildren on Sundays.",
        "Nia Placeholder",
        "District nurse, Exampleton Nursing",
        "020 7946 0123",
        "In a crisis",
        "call 999",
        "Urgent response",
        "020 7946 0155",
        "Review by 12 September 2026",
    ):
        assert words in page, words


@pytest.mark.parametrize("length", [100, 400, 2_000, 20_000])
def test_however_much_matters_to_the_person_the_numbers_to_call_stay_on_page_one(length: int) -> None:
    paper = dataclasses.replace(a_full_paper(), what_matters="I want it so. " * (length // 14))
    page = page_texts(render(paper))[0]
    assert "020 7946 0123" in page
    assert "020 7946 0155" in page
    assert "What matters most to me" in page


def test_name_and_nhs_number_stand_on_every_page_in_groups_of_3_3_4() -> None:
    pages = page_texts(_with_actions(40))
    assert len(pages) > 4
    for page in pages:
        assert page.count("943 476 5919") >= 2
        assert page.count("Mrs Rahima Sampleton") >= 2
        assert "9434765919" not in page


def test_every_page_says_which_page_it_is_of_how_many() -> None:
    pages = page_texts(_with_actions(90))
    assert len(pages) > 9
    for number, page in enumerate(pages, start=1):
        assert re.findall(r"Page (\d+) of (\d+)", page) == [(str(number), str(len(pages)))]


def test_every_page_says_version_who_printed_it_when_and_that_it_may_be_out_of_date() -> None:
    for page in page_texts(render(a_full_paper())):
        assert "Version 3" in page
        assert "Printed by Sam Specimen, care navigator on 14 March 2026 14:32." in page
        assert "Printed copies may be out of date." in page


def test_every_prsb_part_that_is_filled_is_printed() -> None:
    paper, text = a_full_paper(), whole_text(render(a_full_paper()))
    about = paper.about_me
    for words in (
        about.important_people,
        about.communication,
        about.wellness,
        about.please_do,
        about.support,
        about.also_worth_knowing,
        "Written on 2 March 2026. Supported by Sam Specimen.",
        paper.strengths[0],
        "1. Getting out",
        "I have fallen twice.",
        "I want to walk to the mosque on Fridays.",
        "Importance to me: 9 out of 10",
        "My quality of life",
        "Working on it",
        "Fit a rail at the front door",
        "Tom Mockford",
        "10 April 2026",
        "In progress",
        "Confidence 7/10",
        "Farid is ill",
        "Ask for extra visits",
        "Adult social care",
        "June Madeup",
        "Falls plan",
        "Rehab team",
        "Advance statement",
        "Herself",
        paper.sharing,
        "12 September 2026",
        "For Mrs Sampleton to keep at home",
        "Left out of this copy 1 part is not included: Health facts",
        "Not the whole plan.",
    ):
        assert words in text, words


def test_a_plan_with_little_in_it_has_no_empty_headings() -> None:
    text = whole_text(render(a_small_paper()))
    for key, words in vocabulary().labels.items():
        if key.startswith(("paper.about", "paper.supporters", "paper.strengths", "paper.plans", "paper.agreed.")):
            assert words.partition("{")[0] not in text, key
    for words in ("Telephone", "NHS number", "Address", "If things change", "Who may see", "Left out", "Please know"):
        assert words not in text
    assert "No lead professional has been agreed yet." in text
    assert "Not written down yet. Please ask me." in text
    assert "call 999" in text


def test_without_a_lead_the_practice_and_its_number_are_named() -> None:
    text = page_texts(render(dataclasses.replace(a_full_paper(), lead=None)))[0]
    assert "please call Example Street Surgery on 020 7946 0100." in text


def test_nothing_is_set_smaller_than_12_points() -> None:
    sizes = font_sizes(render(a_full_paper()))
    assert len(sizes) >= 4
    assert min(sizes) >= 12


def test_a_long_table_repeats_its_header_and_keeps_its_rows_whole() -> None:
    pages = page_texts(_with_actions(40))
    with_rows = [page for page in pages if "of many" in page]
    assert len(with_rows) >= 4
    for page in with_rows:
        assert "What Who When How it is going" in page
        started = set(re.findall(r"Step (\d+) of", page))
        ended = set(re.findall(r"end(\d+)", page))
        assert started == ended
    assert sorted(int(n) for page in pages for n in re.findall(r"Step (\d+) of", page)) == list(range(40))


@pytest.mark.parametrize(
    ("status", "demo", "marks"),
    [
        pytest.param(PlanStatus.AGREED, False, set(), id="an agreed plan has no mark"),
        pytest.param(PlanStatus.AGREED, True, {"DEMO"}, id="a demo plan says DEMO"),
        pytest.param(PlanStatus.DRAFT, False, {"DRAFT"}, id="a plan that is not agreed says DRAFT"),
        pytest.param(PlanStatus.SUPERSEDED, False, {"OLD VERSION"}, id="an old plan says OLD VERSION"),
        pytest.param(PlanStatus.DRAFT, True, {"DEMO", "DRAFT"}, id="a demo draft says both"),
    ],
)
def test_the_marks_stand_on_every_page(status: PlanStatus, demo: bool, marks: set[str]) -> None:
    pages = page_texts(render(dataclasses.replace(a_full_paper(), status=status, demo=demo)))
    assert len(pages) > 2
    for page in pages:
        assert {mark for mark in ("DEMO", "DRAFT", "OLD VERSION") if mark in page} == marks


def test_characters_that_cannot_be_printed_are_explained_and_only_then() -> None:
    arabic = dataclasses.replace(a_full_paper(), what_matters="أريد الذهاب")
    assert "A box (□) stands for" in whole_text(render(arabic))
    assert "A box (□) stands for" not in whole_text(render(a_full_paper()))


def test_welsh_is_printed_letter_by_letter() -> None:
    paper = dataclasses.replace(a_small_paper(), sharing="Siân o Dŷ Ŵyn, Ŷ, dŵr – £5")
    assert "Siân o Dŷ Ŵyn, Ŷ, dŵr – £5" in whole_text(render(paper))


def test_only_the_programs_own_faces_are_in_the_file() -> None:
    pdf = render(dataclasses.replace(a_full_paper(), what_matters="বাংলা"))
    names = set(re.findall(rb"/BaseFont /[A-Z]{6}\+([\w-]+)", pdf))
    assert names == {b"Inter-Regular", b"Inter-SemiBold", b"Inter-Italic", b"NotoSansBengali-Regular"}
    assert len(re.findall(rb"/BaseFont", pdf)) == len(re.findall(rb"/FontFile2", pdf))


def test_the_file_says_its_title_language_author_and_day_and_nothing_of_the_machine() -> None:
    pdf = render(a_full_paper())
    document = pypdfium2.PdfDocument(pdf)
    facts = document.get_metadata_dict()
    document.close()
    assert facts["Title"] == "Joint care plan of Mrs Rahima Sampleton"
    assert facts["Author"] == "Exampleton Locality Team"
    assert facts["Producer"] == facts["Creator"] == "MDT Desktop"
    assert facts["CreationDate"].startswith("D:20260314143200")
    assert b"/Lang (en-GB)" in pdf
    assert b"/DisplayDocTitle true" in pdf
    for trace in (os.uname().nodename.encode(), str(Path.home()).encode(), b"/work", b"site-packages"):
        assert trace not in pdf


def test_the_same_paper_gives_the_same_bytes_whatever_was_printed_before() -> None:
    paper = dataclasses.replace(a_full_paper(), what_matters="শ্রদ্ধেয় বন্ধু")
    first = render(paper)
    render(dataclasses.replace(paper, what_matters="ক্ষুদ্র গ্রাম ন্দ্র জ্ঞ র্ক"))
    assert render(paper) == first


def test_another_process_gives_the_same_bytes() -> None:
    script = (
        "import hashlib, dataclasses\n"
        "from tests.unit.documents_papers import a_full_paper\n"
        "from mdt_desktop.documents.care_plan import render\n"
        "paper = dataclasses.replace(a_full_paper(), sharing='ক্ষুদ্র')\n"
        "print(hashlib.sha256(render(paper)).hexdigest())\n"
    )
    root = Path(mdt_desktop.__file__).parent.parent
    other = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Dhaka", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = hashlib.sha256(render(dataclasses.replace(a_full_paper(), sharing="ক্ষুদ্র"))).hexdigest()
    assert other.stdout.strip() == here


def test_every_word_that_the_paper_can_need_is_there() -> None:
    labels = vocabulary().labels
    for member in (*GoalStatus, *ActionStatus, *IStatementDomain):
        area = {"GoalStatus": "goal_status", "ActionStatus": "action_status", "IStatementDomain": "i_statement"}
        assert f"paper.{area[type(member).__name__]}.{member.value}" in labels
    assert {"paper.mark.draft", "paper.mark.superseded", "paper.mark.demo"} <= labels.keys()
