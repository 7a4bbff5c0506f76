"""The rules of the store that people may choose: each is shown with its meaning where it is used."""

from typing import TYPE_CHECKING

from mdt_desktop.domain.allocation import AgeRule
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.store import audit_log, store_settings
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

DEFAULT_AGE_RULE = AgeRule.OVER_75
"""What source document 003 says; the GP contract's "75 and over" is the other choice (DOMAIN E1)."""


def age_rule(connection: "Connection") -> AgeRule:
    """The age rule in force."""
    return AgeRule(store_settings.read(connection, store_settings.AGE_RULE, DEFAULT_AGE_RULE.value))


class Rules:
    """Reads and sets the rules of the store."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def age_rule(self) -> AgeRule:
        """The age rule in force."""
        return age_rule(self._access.database.reader)

    def set_age_rule(self, rule: AgeRule) -> Changes:
        """Choose how "over 75" is read; raises `NotPermitted`."""
        access = self._access
        access.require(Permission.SET_RULES)
        with writing(access.database) as connection:
            store_settings.write(connection, store_settings.AGE_RULE, rule.value)
            act = Act("update", "setting", store_settings.AGE_RULE, fields="value")
            audit_log.append(connection, access.actor, access.clock(), [act])
        return Changes(frozenset({"setting"}), frozenset({store_settings.AGE_RULE}))
