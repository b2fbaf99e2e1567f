"""What the city measures itself by: indicators proposed, reviewed and validated, their values, and where each stands against its promise.

The four promises are kept apart: proposal and validation in `life`, values in `keeping` and `computing`, the face for dashboards in `store`.
A figure is public when somebody validated it, and whatever was published on a day can be read again as it was.
"""
