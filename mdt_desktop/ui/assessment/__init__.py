"""The assessment page: choosing a form, filling it in, signing its parts, and what its answers say."""
