"""Things, their streams of observations, and what follows from them: taking in, the latest value, history, alerts.

An answer to whoever sends means: stored, on disk. The key of an observation is its stream and its time, so that sending
again changes nothing; a correction keeps the earlier value. What cannot be taken is kept in quarantine with the reason.
The door is `store`; `values` are the words it takes and gives.
"""
