"""Read models for screens. Implements ports.views.Views."""

from gateway.store.views.views import SqlViews

__all__ = ["SqlViews"]
