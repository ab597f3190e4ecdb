"""Policy and calibration files, and the syntax of policy options."""
