"""The optimizer panel."""
