"""From hundreds of ideas to a roadmap, so that anybody can replay it: the base of ideas, the screening, the comparison with what exists, the
long list, the method with its criteria and weights, the ranking and how firm it is, the portfolio, and the roadmap by quarter.

Every passage from one stage to the next is a decision with who, when and why; every count is derived from those. Scores are only ever added,
so a ranking has an address that answers the same for ever.
"""
