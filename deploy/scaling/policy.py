"""The stack's scaling as AWS carries it out, minute by minute: target tracking on the backlog for each instance, and the alarm that wakes the first one.

Target tracking makes two alarms. The high one looks at three minutes, the low one at fifteen, a tenth below the target; either sets the capacity
that would bring the metric to its target, and scaling in never goes below what the metric asks for.
"""
import math
import pathlib
import re

STACK = pathlib.Path(__file__).resolve().parents[1] / "aws/stack.yaml"
HIGH_MINUTES = 3
LOW_MINUTES = 15


def default(name):
    """The default of one of the stack's numbers."""
    return int(re.search(rf"^  {name}:\n(?:    .*\n)*?    Default: \"?(\d+)", STACK.read_text(), re.M)[1])


class Policy:
    """What is wanted now, given what was seen before."""

    def __init__(self, target=None, least=None, most=None):
        self.target = target or default("BacklogPerInstance")
        self.least = default("MinSize") if least is None else least
        self.most = most or default("MaxSize")
        self.desired = self.least
        self.high = self.low = 0

    def minute(self, waiting, in_hand, in_service):
        """One more minute was measured; the capacity that is wanted after it."""
        if self.desired < 1 and waiting > 0:
            # WakeUpAlarm: one datapoint, ExactCapacity 1
            self.desired = min(1, self.most)
            return self.desired
        # the expression of FollowBacklog
        backlog = (waiting + in_hand) / (in_service if in_service > 0 else 1)
        self.high = self.high + 1 if backlog > self.target else 0
        self.low = self.low + 1 if backlog < 0.9 * self.target else 0
        wanted = math.ceil(in_service * backlog / self.target)
        if self.high >= HIGH_MINUTES and wanted > self.desired:
            self.desired = min(wanted, self.most)
        if self.low >= LOW_MINUTES and wanted < self.desired:
            self.desired = max(wanted, self.least)
        return self.desired
