"""The window: draws and listens."""
