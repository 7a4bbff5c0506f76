"""The one door to paper: what it takes away, what it keeps, and that nothing goes round it."""

import ast
from pathlib import Path

import pytest

from mdt_desktop.documents import fonts, text
from mdt_desktop.documents.styles import styles
from mdt_desktop.documents.text import UNPRINTABLE, Run, clean, has_unprintable, paragraph, shortened

DOCUMENTS = Path(text.__file__).parent


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="every line end is one line end"),
        pytest.param("a\n \n\n\nb", "a\n\nb", id="blank lines in a row are one"),
        pytest.param("a\x00b\x07c\x1bd", "abcd", id="NUL, bell and escape go"),
        pytest.param("\u202eevil\u202c \u2066x\u2069", "evil x", id="direction overrides go"),
        pytest.param("zero\u200bwidth\ufeff\u00ad", "zerowidth", id="invisible marks go"),
        pytest.param("a\tb\u2003c", "a b c", id="tabs and wide spaces are spaces"),
        pytest.param("dw\u0302r", "dŵr", id="Welsh letters are composed"),
        pytest.param("Ŵyn ŷ £5 • – “x”", "Ŵyn ŷ £5 • – “x”", id="Welsh and signs stay"),
        pytest.param("আমি বাংলায়", "আমি বাংলায\u09bc", id="Bengali stays"),
        pytest.param("র\u200d্য", "র\u200d্য", id="a joiner in Bengali stays"),
        pytest.param("a\u200db", "ab", id="a joiner elsewhere goes"),
        pytest.param("😀", UNPRINTABLE, id="an emoji is a box"),
        pytest.param("🖤\ufe0f", UNPRINTABLE, id="its variation selector adds none"),
        pytest.param("مرحبا ok", f"{UNPRINTABLE * 3} ok", id="Arabic is three boxes a word"),
        pytest.param("\ud800", UNPRINTABLE, id="half a character is a box"),
        pytest.param("\ue000", UNPRINTABLE, id="a private character is a box"),
        pytest.param("ring 020 7946 0100", "ring 020\xa07946\xa00100", id="a telephone number does not break"),
    ],
)
def test_what_is_printed(given: str, printed: str) -> None:
    assert clean(given) == printed


def test_cleaning_twice_changes_nothing_more() -> None:
    for given in ("a\r\n\r\n\r\nb", "x" * 500, "مرحبا 😀", "020 7946 0100", "র\u200d্য dw\u0302r"):
        assert clean(clean(given)) == clean(given)


def test_a_very_long_word_is_cut_and_loses_nothing() -> None:
    printed = clean("x" * 1000)
    assert max(map(len, printed.split())) == text.LONGEST_WORD
    assert printed.replace(" ", "") == "x" * 1000


def test_a_box_that_somebody_typed_is_not_taken_for_a_lost_character() -> None:
    assert not has_unprintable("tick □ here")
    assert has_unprintable("tick 😀 here")
    assert not has_unprintable("বাংলা, Cymraeg, English")


def test_markup_in_a_text_is_printed_as_it_was_typed() -> None:
    typed = "<b>bold?</b> & <img src='/etc/hostname'/> &lt;"
    assert paragraph(styles().body, typed).getPlainText() == typed


def test_parts_keep_their_order_and_the_spaces_between_them() -> None:
    made = paragraph(styles().body, Run("Please know: ", fonts.SEMIBOLD, "#A34A00"), "<key> ", "safe")
    assert made.getPlainText() == "Please know: <key> safe"


def test_bengali_words_have_the_bengali_face_and_latin_words_keep_theirs() -> None:
    made = paragraph(styles().strong, "Nadia নাদিয়া 12")
    faces = {fragment.text.strip(): fragment.fontName for fragment in made.frags if fragment.text.strip()}
    assert faces == {
        "Nadia": "Inter-SemiBold",
        "নাদিয\u09bcা": "NotoSansBengali-SemiBold",
        "12": "Inter-SemiBold",
    }


@pytest.mark.parametrize("name", ["Name " * 100, "W" * 500, "বাংলা" * 100, "😀" * 400, "<b>" * 200])
def test_a_running_header_is_one_line_that_fits(name: str) -> None:
    line = shortened(name, fonts.SEMIBOLD, 12, 200)
    made = paragraph(styles().strong, line)
    _, height = made.wrap(210, 1000)
    assert line.endswith("…")
    assert height == styles().strong.leading


def test_a_short_name_is_not_cut() -> None:
    assert shortened("Mrs Rahima Sampleton", fonts.SEMIBOLD, 12, 300) == "Mrs Rahima Sampleton"


def test_the_shipped_faces_hold_welsh_and_the_signs_of_the_paper() -> None:
    assert set("ŵŷŴŶâêîôûÂÊÎÔÛ£•–—‘’“”…·□") <= fonts.latin_characters()
    assert set("অআকখগঘঙচছজঝঞটঠডঢণতথদধনপফবভমযরলশষসহ়ািীুূৃেৈোৌ্ৎংঃঁ০১২৩৪৫৬৭৮৯।") <= fonts.bengali_characters()


def test_only_the_one_door_builds_paragraphs() -> None:
    for module in DOCUMENTS.glob("*.py"):
        calls = [node.func for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call)]
        names = {call.id for call in calls if isinstance(call, ast.Name)}
        names |= {call.attr for call in calls if isinstance(call, ast.Attribute)}
        drawn = {"Preformatted", "XPreformatted", "drawString", "drawCentredString"}
        if module.name == "recovery_sheet.py":
            drawn -= {"drawString", "drawCentredString"}  # the signs of a key, each in its cell: nobody's words
        assert not names & drawn, module.name
        assert ("Paragraph" in names) == (module.name == "text.py"), module.name
