"""Pictures of a run as BGRX pixel arrays."""
