"""What the Region does: every smart project of its administrations, companies, universities and citizens on one fiche, and the components they share.

A project passes from phase to phase by gates, each a decision with evidence. What two projects have in common is pointed out, and followed
until somebody accepts or refuses it. An organisation's own projects are the part `projects.<organisation>` of this room.
"""
