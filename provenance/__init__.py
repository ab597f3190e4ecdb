"""Learn, before you train, which share of a dataset you have no right to train on."""

__version__ = "0.1.0"
__all__ = ["__version__"]
