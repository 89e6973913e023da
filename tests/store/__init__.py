"""What is special to one engine of the store."""
