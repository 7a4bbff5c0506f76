"""Shows what the user may not do: the control is disabled, and its tooltip says why. The services decide, not this."""

from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.rights import Rights
from mdt_desktop.words import sentence

_OWN_TIP = "own_tip"


def permit(widget: QWidget, rights: Rights | None, permission: Permission, *, also: bool = True) -> bool:
    """Enable a control where its deed is permitted and `also` holds; says whether it is enabled.

    While rights are not known yet the control stays as it is permitted: a service would refuse.
    """
    refusal = rights.why_not(permission) if rights is not None else None
    if widget.property(_OWN_TIP) is None:
        widget.setProperty(_OWN_TIP, widget.toolTip())
    widget.setEnabled(refusal is None and also)
    widget.setToolTip(widget.property(_OWN_TIP) if refusal is None else sentence(refusal))
    return refusal is None and also
