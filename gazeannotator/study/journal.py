"""A session's journal: its hash chain, its marker form, and the readings that follow from it.

What happens in a session is written once, as rows that are never changed; labels and
readings are derived from them here, by pure functions. The same rows go out as LSL
markers, so a session recorded by LabRecorder folds to the same readings.
"""
