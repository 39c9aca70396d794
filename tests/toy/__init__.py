"""A service of its own for testing the engine: a lending library, its SDK, its target, and its twin.

The engine must not need to know any vendor. Everything it is shown here is made up: the twin, as it stands, plays the
real service; variants of it with one flaw each play the twins to be found out.
"""
