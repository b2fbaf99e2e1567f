"""Other catalogues, read where they are: each kind is a module that asks an address and yields rows of ours, and faults with where and why."""
