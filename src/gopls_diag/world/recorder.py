"""A world that passes every question on to another and writes down what came back."""

from __future__ import annotations

import threading

from gopls_diag.world.port import Answer, Question, World


class Recorder(World):
    """Keeps every question with its first answer, so that a recording plays the run that was."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._heard: dict[str, tuple[Question, Answer]] = {}

    def ask(self, question: Question) -> Answer:
        """The other world's answer, kept."""
        answer = self._world.ask(question)
        with self._lock:
            return self._heard.setdefault(question.key, (question, answer))[1]

    @property
    def heard(self) -> tuple[tuple[Question, Answer], ...]:
        """All questions and answers, in order of their keys, so that two recordings can be compared."""
        with self._lock:
            return tuple(self._heard[key] for key in sorted(self._heard))
