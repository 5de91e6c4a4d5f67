"""Writes down what key schedule 1 derives: ``python -m tests.vectors.keys.make``.

Source: our own schedule, `mapp_compliance/workflows/keys.py`. The file must never change; a new
schedule gets a file of its own. Licence: that of the project.
"""

import json

from tests.workflows.test_keys import GOLDEN, schedule

if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(schedule(), indent=1) + "\n")
