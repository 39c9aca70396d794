"""Okta, driven through okta-sdk-python: the generated client (3.x) and the one before (2.x)."""

from targets.okta.target import OktaTarget

TARGET = OktaTarget()
