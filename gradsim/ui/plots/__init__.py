"""Plots and tables of a race."""
