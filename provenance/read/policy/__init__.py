"""Policies and calibrations: files, options and their syntax."""
