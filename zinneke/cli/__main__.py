"""`python -m zinneke.cli` is the `zinneke` command."""

from zinneke.cli import main

raise SystemExit(main())
