"""The lessons' formulas, and what they say in symbols, by section."""

from . import (
    s1_math,
    s2_data,
    s3_adaptive,
    s3_descent,
    s3_functions,
    s3_losses,
    s3_networks,
    s3_tasks,
    s4_convolution,
    s4_networks,
    s5_s6,
)

PARTS = (
    s1_math,
    s2_data,
    s3_functions,
    s3_tasks,
    s3_losses,
    s3_descent,
    s3_adaptive,
    s3_networks,
    s4_convolution,
    s4_networks,
    s5_s6,
)
CLAIMS = [claim for part in PARTS for claim in part.CLAIMS]
FORMULAS = [formula for part in PARTS for formula in getattr(part, "FORMULAS", [])]
