"""Kernels that need a trick, each beside the plain one it must equal; a reader never has to open them.

A file begins with the plain function it replaces and with the idea. The modules that a
chapter uses choose between the two, and their docstrings say when.
"""
