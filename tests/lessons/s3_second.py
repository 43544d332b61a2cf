"""What the lessons say."""

from tests.lessons import Claim

CLAIMS: list[Claim] = []
