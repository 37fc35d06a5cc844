"""The bar that says which moment is on show: transport, timeline, events, keys."""
