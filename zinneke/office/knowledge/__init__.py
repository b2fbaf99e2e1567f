"""What the office knows and tells: technologies and projects watched, events, publications and letters, norms, clauses, challenges, people who know.

Everything that is written and published is one kind of entry (`kinds`), with versions and the way from draft to archive in `store`; what people
do with an entry stands beside it: votes, referrals, registrations, answers, checks. One search finds it all, in three languages and by theme.
"""
