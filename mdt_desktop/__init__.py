"""MDT Desktop: joint assessment, care planning and lead-professional allocation for a locality MDT."""
