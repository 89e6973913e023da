"""Who should answer: pure. engine decides from a snapshot, strategies order the candidates.

What a decision causes (offers, timers, events) is done in one transaction by services/router and services/offers.
"""
