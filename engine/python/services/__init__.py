"""What a task can ask of the scheduler."""
