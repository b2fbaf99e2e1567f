"""A contract of ours for import-linter: tables stay in their own folder."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateTables(Contract):
    """Each `models` module is imported directly only by modules of its own folder."""

    root = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find every direct import of a `models` module from outside its folder."""
        broken = []
        for module in graph.modules:
            if module.startswith(f"{self.root}.") and module.endswith(".models"):
                folder = module.rpartition(".")[0]
                broken += [
                    (importer, module) for importer in graph.find_modules_that_directly_import(module) if not importer.startswith(f"{folder}.")
                ]
        return ContractCheck(kept=not broken, metadata={"broken": sorted(broken)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that breaks the contract."""
        for importer, module in check.metadata["broken"]:
            output.print_error(f"{importer} imports {module}, which is private to its folder.")
