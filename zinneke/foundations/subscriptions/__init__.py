"""Who is told of what: subscriptions to observations, alerts and datasets, and the outbox from which each gets what it is owed.

A subscription keeps a position in the journal of what was stored, not a copy of it. What is owed is told at least once, in order, with a number
that has no holes; an endpoint that fails, hangs or never reads delays nobody but itself. Rights are asked again at each delivery.
The door is `store`; `values` are the words it takes and gives; a standard brings its own form of notification through `shapes`.
"""
