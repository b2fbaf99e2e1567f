"""`zinneke enquiry`: take a question in from a mail server, or from a file, on the machine itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.problem import wrong
from zinneke.office.network import mail, store


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `zinneke enquiry`."""
    parser.add_argument("file", nargs="?", default="-", help="a message (.eml); the standard input when left out")


def run(args: argparse.Namespace, out: Out) -> int:
    """Read one message and take it in; what is told names the reference and nothing of what was asked."""
    receipt = store.add_mail(ANONYMOUS, _read(args.file))
    out.say(f"Taken in as {receipt.reference}; an answer is promised by {receipt.due}." if receipt else "This message was taken in before.")
    return 0


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(mail.LARGEST + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(mail.LARGEST + 1)
    except OSError as fault:
        raise wrong(f"{name} cannot be read: {fault.strerror}.") from None


COMMANDS = (Command(name="enquiry", summary="Take in a question that came by mail.", configure=configure, run=run),)
