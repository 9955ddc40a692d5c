"""How long things stay, and how they leave.

Nothing is here yet: the schedule and the disposals come with their own issue (docs/roadmap.md).
"""
