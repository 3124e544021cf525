"""What chat keeps outside the database."""
