"""Measures the product against a bare loop of the same libraries, in the same run, by the same load generator.

`make bench` prints each figure beside its baseline and writes bench/results.json. Nothing here is imported by the product.
"""
