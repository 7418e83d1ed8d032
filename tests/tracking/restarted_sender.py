"""A sender that tells exactly what it has sent, and waits to be killed.

Usage: restarted_sender.py SOURCE_ID FIRST_NUMBER SAMPLES

Waits for a listener, sends the samples at 500 Hz, numbered from FIRST_NUMBER, each stamped at its push,
waits until they are on their way, says ``sent FIRST LAST``, and goes on sending lost samples
without a number.
"""

import sys
import time

import numpy as np

from gazeannotator.tracking import lsl
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import simulated_stream

PERIOD_S = 0.002
ON_ITS_WAY_S = 0.05

if __name__ == "__main__":
    source_id, first, samples = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    stream = simulated_stream("gazeannotator", 500.0, (1024.0, 768.0))
    outlet = GazeOutlet(type(stream)(**{**stream.__dict__, "source_id": source_id}))
    while not outlet.has_listener():
        time.sleep(PERIOD_S)
    for number in range(first, first + samples):
        outlet.push(np.array([[0.5, 0.5, 0.5, 0.5, 3.0, 3.0, number]], float), np.array([lsl.local_clock()]))
        time.sleep(PERIOD_S)
    time.sleep(ON_ITS_WAY_S)
    sys.stdout.write(f"sent {first} {first + samples - 1}\n")
    sys.stdout.flush()
    while True:
        outlet.push(np.full((1, 7), np.nan), np.array([lsl.local_clock()]))
        time.sleep(PERIOD_S)
