"""The panels that say what is descended, from where, and for how long."""
