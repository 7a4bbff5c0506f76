"""The caseload: everybody registered, found and sorted as one types."""
