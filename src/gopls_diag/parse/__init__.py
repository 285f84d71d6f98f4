"""Bytes or text to model: pure and total.

A parser never raises on input, takes time linear in its length, and says what it did not understand. It opens nothing.
"""
