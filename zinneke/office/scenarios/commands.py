"""What the operator does from the command line: list models, compute a question, compute a published scenario again."""

from __future__ import annotations

import argparse

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM


def configure(parser: argparse.ArgumentParser) -> None:
    """Take what to do, and with which model or scenario."""
    parser.add_argument("deed", choices=("models", "try", "reproduce"), help="list models, try one, or compute a scenario again")
    parser.add_argument("key", nargs="?", default="", help="key of the model or scenario")
    parser.add_argument("--set", action="append", default=[], metavar="INPUT:VALUE", help="an input to change; repeat for several")
    parser.add_argument("--seed", type=int, default=1, help="seed of the chance (1)")


def run(arguments: argparse.Namespace, out: Out) -> int:
    """Do it, and return 0, or 1 when a scenario does not come out the same."""
    return {"models": _models, "try": _try, "reproduce": _reproduce}[arguments.deed](arguments, out)


def _models(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.office.scenarios import store

    for model in store.list_models(SYSTEM):
        out.say(f"{model.key} {model.version}: {model.question.en}")
        out.say(f"  inputs: {', '.join(each.key for each in model.inputs)}")
    return 0


def _try(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.office.scenarios import asking, store, wording
    from zinneke.office.scenarios.declared import get_model

    model = get_model(arguments.key)
    result = store.get_answer(SYSTEM, asking.read_set(model, arguments.set, arguments.seed, 0, ""))
    for output in model.outputs:
        out.say(wording.sentence(model, result, output).en)
    return 0


def _reproduce(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.office.scenarios import store

    told = store.get_reproduction(SYSTEM, arguments.key)
    if told.identical:
        out.say(f"{told.scenario}: identical, with version {told.version_now} of the model, in {told.seconds:.2f} s.")
        return 0
    out.say(f"{told.scenario}: not identical. The model was version {told.version_then} and is {told.version_now}.")
    for each in told.differences:
        out.say(f"  {each.output} {each.part}: {each.was:g} then, {each.found:g} now")
    return 1


COMMANDS = (Command(name="scenario", summary="Try a model of a decision, or compute a scenario again.", configure=configure, run=run),)
