"""The faces of the lake that stay up: pages and API over HTTP, and tools for assistants.

Every answer is that of a Python function of a lower room; nothing is computed here. `questions`
says what may be asked, and both faces read that one list.
"""
