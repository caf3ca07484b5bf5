"""Damaged, hostile and mistaken input: nothing crashes, hangs, is lost or counted twice."""
