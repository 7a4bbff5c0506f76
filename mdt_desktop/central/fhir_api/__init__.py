"""The FHIR R4 façade of the central store: the same records, commands and versions as the exchange of laptops."""
