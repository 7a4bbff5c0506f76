"""What can be wrong with a FHIR resource from outside; each error names the element by its FHIRPath expression."""

from mdt_desktop.domain.errors import BadInput


class ResourceUnusable(BadInput):
    """A FHIR resource cannot become a record. Value: `path`, the FHIRPath expression of what is wrong."""

    code = "fhir_unusable"

    @property
    def path(self) -> str:
        """The FHIRPath expression, such as `Patient.birthDate`; for `OperationOutcome.issue.expression`."""
        return str(self.values.get("path", ""))


class ResourceTypeUnknown(ResourceUnusable):
    """A type of resource that no record stands for. Values: `path`, `type`."""

    code = "fhir_type_unknown"


class ElementMissing(ResourceUnusable):
    """A record cannot do without an element that is not there. Value: `path`."""

    code = "fhir_element_missing"


class ElementWrong(ResourceUnusable):
    """An element does not hold what it should. Values: `path`, `wanted` in words."""

    code = "fhir_element_wrong"


class CodeUnknown(ResourceUnusable):
    """A code that stands for nothing the program keeps. Values: `path`, `found`."""

    code = "fhir_code_unknown"


class ReferenceWrong(ResourceUnusable):
    """A reference that does not point where it should. Values: `path`, `wanted`, the type of resource."""

    code = "fhir_reference_wrong"


class ElementRefused(ResourceUnusable):
    """A value of the right kind that the record may not hold, such as a name too long. Values: `path`, `reason`."""

    code = "fhir_element_refused"
