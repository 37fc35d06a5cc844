"""The engine, the mathematics and the renderer: no Qt, no printing, no globals."""
