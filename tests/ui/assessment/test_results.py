"""What an assessment says while it is filled in: the safety prompt, the Care Act panel, or nothing."""

from tests.ui.assessment.desk import Desk


def test_the_safety_prompt_comes_as_soon_as_item_nine_is_answered_and_is_spoken(desk: Desk) -> None:
    filling = desk.open("phq-9")
    spoken: list[str] = []
    desk.messages.spoken.connect(spoken.append)
    assert filling.results is not None
    assert filling.results.safety is None
    question = filling.form.page.question("phq9-9", "")
    assert question is not None
    question.field.inputs()[1].click()  # type: ignore[attr-defined]  # a radio button
    desk.qtbot.waitUntil(lambda: filling.results is not None and filling.results.safety is not None, timeout=5_000)
    assert any("self-harm" in text for text in spoken)
    desk.saved()
    assert len(desk.services.assessment_reading.safety_prompts(desk.case.case_id)) == 1


def test_the_care_act_panel_follows_what_is_ticked_and_the_section_on_the_screen(desk: Desk) -> None:
    filling = desk.open("care-act-evidence")
    assert filling.results is not None
    assert "Not enough is recorded to say" in filling.results.text()
    desk.verbs.answers(
        filling.view.summary.id,
        {
            ("adult-needs-arise", ""): True,
            ("adult-nutrition", "1"): "help",
            ("adult-hygiene", "4"): "slow",
            ("adult-wellbeing", "0"): "dignity",
        },
    )
    filling = desk.open("care-act-evidence")
    assert filling.results is not None
    assert "The evidence indicates needs that meet the test" in filling.results.text()
    assert "The decision stays with the council" in filling.results.text()
    filling.step(1)
    assert filling.results.text().startswith("The carer\nNot enough is recorded to say")


def test_the_joint_assessment_has_no_result_panel(desk: Desk) -> None:
    assert desk.open("joint-assessment").results is None
