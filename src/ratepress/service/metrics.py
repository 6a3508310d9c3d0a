"""What the service counts of itself, as Prometheus reads it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ratepress.service.desk import Desk

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts of one service. Routes are a fixed set: no address of a stranger is a label."""

    def __init__(self, desk: Desk) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "ratepress_requests", "Requests by route and status.", ("route", "status"),
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "ratepress_request_seconds", "Seconds to an answer, by route.", ("route",),
            buckets=_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self.open = Gauge(
            "ratepress_open_requests", "Requests being answered.", registry=self._registry
        )
        for name, about, value in (
            ("ratepress_lake_generation", "The generation of the lake that is served.",
             lambda: desk.generation().number),
            ("ratepress_answers_kept", "Answers that were at hand.", lambda: desk.hits),
            ("ratepress_answers_made", "Answers that had to be made.", lambda: desk.misses),
        ):  # fmt: skip
            Gauge(name, about, registry=self._registry).set_function(value)

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one request that was answered."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All counts in the text format of Prometheus."""
        return generate_latest(self._registry)
