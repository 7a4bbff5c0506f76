"""What the FHIR façade refuses: each has its HTTP status and the code of its OperationOutcome issue (R4 http.html).

CentralRefusal
└── FhirRefusal 400
    ├── ParameterUnknown, ParameterWrong, BodyUnreadable, BundleRefused 400
    ├── ScopeTooNarrow, RoleForbids 403
    ├── NothingThere, TypeNotServed 404          ├── ResourceGone, FeedLost 410
    ├── FormatNotServed 406                      ├── VersionMismatch, ConditionNotMet 412
    ├── PersonKnown 409                          ├── FormatNotTaken 415
    ├── ResourceRefused, WhereToUnclear 422      ├── VersionNeeded 428
    └── CannotBeTold 500
"""

from typing import ClassVar

from mdt_desktop.central.errors import CentralRefusal


class FhirRefusal(CentralRefusal):
    """A refusal of the façade. `expression`, where given, is the FHIRPath of the element that is wrong."""

    code = "fhir_refusal"
    issue: ClassVar[str] = "processing"

    @property
    def expression(self) -> str:
        """Where in the resource it is; empty where it is in no one place."""
        return str(self.values.get("path", ""))


class ParameterUnknown(FhirRefusal):
    """A parameter that this interaction does not have. Values: `name`."""

    code = "fhir_parameter_unknown"
    issue = "not-supported"


class ParameterWrong(FhirRefusal):
    """A parameter whose value cannot be read. Values: `name`, `wanted` in words."""

    code = "fhir_parameter_wrong"
    issue = "value"


class BodyUnreadable(FhirRefusal):
    """The body is no FHIR resource as JSON."""

    code = "fhir_body_unreadable"
    issue = "structure"


class BundleRefused(FhirRefusal):
    """An entry of a bundle that cannot be taken. Values: `reason` in words, `path`."""

    code = "fhir_bundle_refused"
    issue = "invalid"


class ScopeTooNarrow(FhirRefusal):
    """The token is not for this. Values: `scope` that would be needed."""

    code = "fhir_scope_too_narrow"
    status = 403
    issue = "forbidden"


class RoleForbids(FhirRefusal):
    """The caller's role in the locality does not allow the change. Values: `reason` in words."""

    code = "fhir_role_forbids"
    status = 403
    issue = "forbidden"


class NothingThere(FhirRefusal):
    """There is no such resource, or it is not the caller's; which of the two is not told."""

    code = "fhir_nothing_there"
    status = 404
    issue = "not-found"


class TypeNotServed(FhirRefusal):
    """A type of resource that stands for nothing the program keeps, or no type at all."""

    code = "fhir_type_not_served"
    status = 404
    issue = "not-supported"


class FormatNotServed(FhirRefusal):
    """Only JSON is answered."""

    code = "fhir_format_not_served"
    status = 406
    issue = "not-supported"


class PersonKnown(FhirRefusal):
    """Somebody of this NHS number is in the locality already. Values: `reason` in words, `path`."""

    code = "fhir_person_known"
    status = 409
    issue = "duplicate"


class ResourceGone(FhirRefusal):
    """The resource was deleted, erased, or has left the caller's localities."""

    code = "fhir_resource_gone"
    status = 410
    issue = "deleted"


class FeedLost(FhirRefusal):
    """A history link of before a restore, or of a locality that is the caller's no more: begin anew."""

    code = "fhir_feed_lost"
    status = 410
    issue = "incomplete"


class VersionMismatch(FhirRefusal):
    """The version in If-Match is not the one that counts. Values: `current`."""

    code = "fhir_version_mismatch"
    status = 412
    issue = "conflict"


class ConditionNotMet(FhirRefusal):
    """What If-None-Match or If-None-Exist asks for does not hold. Values: `reason` in words."""

    code = "fhir_condition_not_met"
    status = 412
    issue = "conflict"


class FormatNotTaken(FhirRefusal):
    """The body is of a media type that is not read."""

    code = "fhir_format_not_taken"
    status = 415
    issue = "not-supported"


class ResourceRefused(FhirRefusal):
    """A resource that breaks a rule of the records. Values: `reason` in words, `path`."""

    code = "fhir_resource_refused"
    status = 422
    issue = "business-rule"


class WhereToUnclear(FhirRefusal):
    """Nothing says into which locality a new resource belongs. Values: `tag`, the system of the tag that would."""

    code = "fhir_where_to_unclear"
    status = 422
    issue = "required"


class CannotBeTold(FhirRefusal):
    """A record holds what this version has no words of the standard for, as one of a newer laptop may."""

    code = "fhir_cannot_be_told"
    status = 500
    issue = "incomplete"


class VersionNeeded(FhirRefusal):
    """An update without If-Match: whoever writes must say which version they saw (`versioned-update`)."""

    code = "fhir_version_needed"
    status = 428
    issue = "required"
