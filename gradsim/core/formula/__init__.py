"""Formulas: parsing, differentiation, and evaluation on blocks of points."""
