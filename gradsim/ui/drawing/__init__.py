"""Everything that is drawn in a frame, for the window and the video alike."""
