"""The claims of the book as experiments: one file each, a few records out."""
