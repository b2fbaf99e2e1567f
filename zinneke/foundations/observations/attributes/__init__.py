"""Things seen as entities with attributes: what is measured is a stream, where it stands a location, the rest its properties document.

`naming` says what things and streams are called, `documents` how attributes are kept, `tables` lays them beside the rows, `finding` makes
a question into one statement, `reading` and `evolving` answer, `editing` writes.
"""
