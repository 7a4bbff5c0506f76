"""The stories of the invented people: which one a person has, and its words fitted to them and those close to them."""

import json
from functools import cache
from typing import Any

from mdt_desktop.demo.invented_names import InventedPerson, name_groups
from mdt_desktop.domain.people import Gender
from mdt_desktop.paths import resources_dir

Story = dict[str, Any]

_FOR_CONDITION = {
    "Heart failure": "heart",
    "Chronic obstructive pulmonary disease": "copd",
    "Asthma": "copd",
    "Dementia": "dementia",
    "Type 2 diabetes": "diabetes",
    "Stroke or transient ischaemic attack": "stroke",
    "Depression": "mood",
    "Severe mental illness": "mood",
    "Osteoporosis": "falls",
    "Parkinson's disease": "falls",
}
_MOSQUE = {
    "place_of_worship": "the mosque",
    "worship": "the mosque on Fridays",
    "worship_goal": "Go to Friday prayers with my son.",
    "worship_goal_again": "Go to Friday prayers, and stay for the meal.",
    "leader": "The imam",
}
_CHURCH = {
    "place_of_worship": "the church",
    "worship": "church on Sundays",
    "worship_goal": "Go to church on Sundays with my son.",
    "worship_goal_again": "Go to church on Sundays, and stay for coffee.",
    "leader": "The priest",
}
_TEMPLE = {
    "place_of_worship": "the temple",
    "worship": "the temple on feast days",
    "worship_goal": "Go to the temple with my son on feast days.",
    "worship_goal_again": "Go to the temple on feast days, and stay for the meal.",
    "leader": "The temple's cook",
}
_WORSHIP = {"Bengali": _MOSQUE, "Somali": _MOSQUE, "South and East Asian": _TEMPLE}
_LANGUAGE = {"Bengali": "Bengali (Sylheti)", "Somali": "Somali", "Polish": "Polish"}
"""The language in which an interpreter helps; the other groups of names are taken to speak English with ease."""
_IN_LANGUAGE = "I understand English, and {language} is easier when I am tired. "
_GRANDCHILDREN = {
    "Welsh": ("Siân", "in Cardiff: Siân and Owain"),
    "Bengali": ("Sadia", "in Luton: Sadia and Imran"),
    "Somali": ("Hodan", "in Bristol: Hodan and Liban"),
}
_GRANDCHILDREN_OF_OTHERS = ("Grace", "in Leeds: Grace and Alfie")
_PARTNERS = {
    Gender.MALE: {"partner": "wife", "they": "she", "them": "her", "themself": "herself"},
    Gender.FEMALE: {"partner": "husband", "they": "he", "them": "him", "themself": "himself"},
}
_PARTNER_OF_OTHERS = {"partner": "partner", "they": "they", "them": "them", "themself": "themselves"}


@cache
def stories() -> dict[str, Story]:
    """The stories shipped in `resources/demo/stories.json`, by key, with the places to fill in still in braces."""
    content = json.loads((resources_dir() / "demo" / "stories.json").read_text(encoding="utf-8"))
    return {story["key"]: story for story in content["stories"]}


def story_for(person: InventedPerson) -> Story:
    """The story that fits the person's conditions, frailty or falls where none does, told of this person."""
    fitting = [key for condition, key in _FOR_CONDITION.items() if condition in person.conditions]
    found = stories()[fitting[0] if fitting else ("frailty" if person.place % 2 else "falls")]
    told: Story = _filled(found, _words_of(person))
    told["flags"] = [flag for flag in told["flags"] if flag[0] != "interpreter" or flag[1]]
    return told


def kin_of(person: InventedPerson, story: Story) -> tuple[str, str]:
    """Name and relationship of the one who is closest to the person in their story, invented to go with theirs."""
    relation, sex = story["kin"]
    group = next(group for group in name_groups() if group.name == person.group)
    female = (
        person.gender is Gender.MALE
        if sex == "partner"
        else sex == "female" or (sex == "other" and bool(person.place % 2))
    )
    given = group.female if female else group.male
    families = group.family_female if female else group.family_male
    first = next(name for name in (*given[person.place % len(given) :], *given) if name not in person.given_names)
    # A friend has a name of their own.
    family = families[person.place % len(families)] if sex == "other" else person.family_name
    return f"{first} {family}", relation


def _words_of(person: InventedPerson) -> dict[str, str]:
    partner = _PARTNERS.get(person.gender, _PARTNER_OF_OTHERS)
    language = _LANGUAGE.get(person.group, "")
    grandchild, grandchildren = _GRANDCHILDREN.get(person.group, _GRANDCHILDREN_OF_OTHERS)
    return {
        **partner,
        **_WORSHIP.get(person.group, _CHURCH),
        "Partner": partner["partner"].capitalize(),
        "me": person.given_names.split()[0],
        "language": language,
        "in_language": f"I understand English, and {language.split()[0]} is easier when I am tired. "
        if language
        else "",
        "in_welsh": " Siarad Cymraeg os gallwch, yn araf." if person.group == "Welsh" else "",
        "grandchild": grandchild,
        "grandchildren": grandchildren,
    }


def _filled(part: Any, words: dict[str, str]) -> Any:
    if isinstance(part, str):
        return part.format_map(words)
    if isinstance(part, list):
        return [_filled(it, words) for it in part]
    if isinstance(part, dict):
        return {key: _filled(value, words) for key, value in part.items()}
    return part
