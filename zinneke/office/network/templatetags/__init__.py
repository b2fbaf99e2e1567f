"""The words of the network's templates."""
