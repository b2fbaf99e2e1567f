"""Papers: files that people keep with a record of another room, such as the minutes of a meeting or the study of a project.

A paper has no rights of its own. Whoever may see its record may read it, whoever may change the record adds and removes; the room of the record
asks that first, inside its own query, so that the level is inherited and never copied.
"""
