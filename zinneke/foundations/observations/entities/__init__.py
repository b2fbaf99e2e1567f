"""What is asked of things, places, streams, sensors, properties and observations, as one set of tables that lead to one another.

`sets` says what there is, `mirror` keeps it beside the rows, `sql` turns a question into one statement, `asking` answers it,
`deriving` makes what solutions declare into entities, `writing` takes what others create.
"""
