"""The work around videos: looks at sources and transcriptions, queued, active, waiting, planned."""
