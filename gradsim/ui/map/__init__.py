"""The map in the window: what the mouse and the keys do on it, and what is read out and taken apart there."""
