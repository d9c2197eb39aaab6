"""Work orders: what a stage was given when its item was first claimed for it.

A stage that asks models is replayed after a crash or a wait with the input it had the first time,
so that its requests hash to the answers already journaled.
"""
