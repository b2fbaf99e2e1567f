"""What the selection computes: pure functions over arrays, with the source of each formula."""
