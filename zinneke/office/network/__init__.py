"""The network and the front door of the Smart City Office: who sits where, who meets and decides what, and everybody’s questions and their answers.

Enter by `store`. Questions hold personal data: see `docs/network.md` for who reads what, and for how long it is kept.
"""
