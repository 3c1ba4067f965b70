"""The independent judge: what the demo business owes its members, worked out from the specification and the data alone.

Nothing here imports the product. See ``oracle.compute`` and INTERPRETATIONS.md.
"""
