"""One small folder a smart solution. `zinneke new NAME` writes one."""
