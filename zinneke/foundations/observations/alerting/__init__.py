"""Rules that speak up: those that solutions declare and those that people make, asked in one place about what is stored.

A rule and a stream make a pair, a line in arrays that a batch of observations is held against at once. `signals` say for each row whether it
is wrong, well or neither; `machine` makes of that when an alert is open, so that it does not flap. The door is `store`.
"""
