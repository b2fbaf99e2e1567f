"""The views of identity, one module for the entrance and one for the account."""
