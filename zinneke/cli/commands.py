"""The verbs of the command line itself; rooms bring their own."""

from zinneke.cli import backup, check, docs, load, new, serve

COMMANDS = (serve.COMMAND, docs.COMMAND, load.COMMAND, new.COMMAND, check.COMMAND, *backup.COMMANDS)
