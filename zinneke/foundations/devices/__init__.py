"""Devices: the machines in the street that write observations. Each has a name, keys of its own, and the streams that it alone may write.

Others need only `store`: it turns a device's key, or its signature, into the `Actor` that every verb of the house takes.
"""
