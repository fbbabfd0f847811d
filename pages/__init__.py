"""What makes the pages, and the other files, that repeat what is said elsewhere (`make docs`)."""
