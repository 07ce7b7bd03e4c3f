"""My Custom Task - Description of what this task does."""

import logging
from typing import Any

from jobs.base_job import BaseJob
from config.settings import TasksSettings

logger = logging.getLogger(__name__)


class MyTaskJob(BaseJob):
    """My custom task implementation."""

    # Metadata for task registry
    JOB_NAME = "My Custom Task"
    JOB_DESCRIPTION = "Does something useful on a schedule"

    # Parameter definitions for the UI
    REQUIRED_PARAMS = [
        {
            "name": "api_key",
            "label": "API Key",
            "type": "password",
            "description": "API key for external service"
        }
    ]

    OPTIONAL_PARAMS = [
        {
            "name": "batch_size",
            "label": "Batch Size",
            "type": "number",
            "default": 100,
            "description": "Number of items to process per batch"
        }
    ]

    def __init__(self, settings: TasksSettings, api_key: str, batch_size: int = 100):
        """Initialize the job."""
        super().__init__(settings)
        self.api_key = api_key
        self.batch_size = batch_size

    def get_job_id(self) -> str:
        """Return unique job ID for scheduling."""
        return "my_task"

    async def execute(self) -> dict[str, Any]:
        """
        Execute the task.

        Returns:
            Dict with standardized fields:
            - records_processed: Total items processed
            - records_success: Successful items
            - records_failed: Failed items
            - details: Additional info (optional)
        """
        logger.info(f"Starting my custom task (batch_size={self.batch_size})")

        try:
            # Your task logic here
            processed = 0
            success = 0
            failed = 0

            # Process items...
            for item in range(self.batch_size):
                try:
                    # Process item
                    success += 1
                except Exception as e:
                    logger.error(f"Failed to process item {item}: {e}")
                    failed += 1
                processed += 1

            return {
                "records_processed": processed,
                "records_success": success,
                "records_failed": failed,
                "details": "Custom task completed successfully"
            }

        except Exception as e:
            logger.error(f"Task execution failed: {e}", exc_info=True)
            raise


# Alias for dynamic loading (the loader looks for "Job" class)
Job = MyTaskJob
