"""Traffic counts: how many bikes pass the counters and how many vehicles the tunnels, on which days, and against last year."""
