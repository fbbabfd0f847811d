"""What the operators' commands are made of: each module holds one part that commands share or use.

`frame.py` is the frame of a command; the commands themselves stand one folder up.
"""
