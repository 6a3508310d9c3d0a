"""Ambulatory surgical center claim lines: payment indicators, wages, procedures and devices."""
