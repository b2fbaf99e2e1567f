"""People, organisations, the roles they hold, the tokens of their machines, and how they sign in.

Others need only `store`: it turns a token, a session or a person into the `Actor` that every verb of the house takes.
"""
