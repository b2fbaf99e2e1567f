"""One module a standard: each translates the stores to a published interface and nothing else."""
