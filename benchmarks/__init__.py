"""What the kit costs, measured in one run beside a bare call of the SDK: ``python -m benchmarks``."""
