"""Programs: lifting recorded exchanges into SDK calls, and references between them."""
