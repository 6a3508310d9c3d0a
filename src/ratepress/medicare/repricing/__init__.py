"""What Medicare allows for a file of claim lines of every type, fast and by the line."""
