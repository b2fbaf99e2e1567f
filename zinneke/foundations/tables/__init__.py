"""Dataset versions as immutable (Geo)Parquet files: read from almost anything, typed over all rows, profiled, queried, exported, drawn as tiles.

Verbs are in `store`; what they take and return in `values`; which machines' doors lead here in `routes`.
"""
