"""From a file to a published dataset, in one flow that anybody can walk: what was found is shown for correction, personal data are stopped.

What somebody has begun is theirs alone until it becomes a draft of the catalogue (`store.finish_upload`); there it is reviewed and published.
"""
