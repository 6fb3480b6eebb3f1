"""What keeps the pages in docs/ true: made again from the code, or held against it."""
