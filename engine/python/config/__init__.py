"""The settings that tasks receive."""
