"""What the access-matrix test is made of: who knocks, what is planted behind the doors, and how each door is asked.

Whoever adds a verb that reads, a route or a page adds a line to the world of its room; until then the matrix fails and names it.
"""
