"""Smart bins: how full each street bin is, when it will be full, and which ones to empty today."""
