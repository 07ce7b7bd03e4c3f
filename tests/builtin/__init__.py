"""The tasks in external_tasks/, run through the product against services that behave like the real ones."""
