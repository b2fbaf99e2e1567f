"""The views of the network, one module for each part of it."""
