"""Before a decision, in public: declared models, changed inputs, a baseline beside them, and a result that anybody can reproduce.

A model is data and one pure function (`declaring.py`, `declared/`). From it this room makes the form, the page, the interface, the run with drawn
values, the table of what matters most, and the words. A scenario is what was changed; once published it never changes again.
"""
