"""Celery tasks of the core: the factory of the tools' tasks, and what every worker does besides."""

from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready, worker_shutting_down

from .job_handler import execute_job
from .models import ProteinsPlusJob
from .reaper import ReaperThread
from .tool_wrapper import ToolWrapper
from .tools import tool_of

_reaper: list[ReaperThread] = []


def job_task(job_model: type[ProteinsPlusJob], wrapper: type[ToolWrapper[Any]]) -> Task:
    """
    The task of a tool, named ``<app>.tasks.<app>_task``, as the Developer Guide writes it out by hand.

    :param job_model: the tool's job model
    :param wrapper: the tool's wrapper
    :returns: a task that takes the id of a job
    """
    label = job_model._meta.app_label

    def run(job_id: str) -> None:
        """
        :param job_id: the id of a job
        """
        execute_job(wrapper, job_id, job_model, str(tool_of(job_model).verbose_name))

    return shared_task(name=f'{label}.tasks.{label}_task')(run)


@worker_ready.connect
def start_reaper(**_: object) -> None:
    """Begin to sweep when a worker is ready."""
    _reaper.append(ReaperThread())
    _reaper[-1].start()


@worker_shutting_down.connect
def stop_reaper(**_: object) -> None:
    """End the sweeps of this worker."""
    while _reaper:
        _reaper.pop().stop()
