"""What things are: frozen, slotted dataclasses and enums.

Every other room may import this one. There is no I/O here, no judgement, and no third party.
"""
