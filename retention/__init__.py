"""How long things stay, and how they leave.

So far the counting of terms and the draft of a schedule; tables, verbs and pages come with their
own issue (docs/roadmap.md).
"""
