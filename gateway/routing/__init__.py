"""Who should answer: a pure engine, the worker that runs it, and what happens to offers.

engine, strategies: pure · router: the worker · offers: accept, decline, lapse, withdraw.
"""
