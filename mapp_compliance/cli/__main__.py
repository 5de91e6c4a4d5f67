"""``python -m mapp_compliance.cli`` is ``mapp``."""

import sys

from mapp_compliance.cli import main

sys.exit(main())
