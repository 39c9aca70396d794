"""SDK conformance kit: how faithfully does a twin behave like the real service?"""

__version__ = "0.1.0"
