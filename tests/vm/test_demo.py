# SPDX-License-Identifier: GPL-2.0
"""scripts/demo, as far as it runs inside the VM."""
import io
import os

import demo
from lab.cases import case, check


@case(timeout=120)
def every_step_works():
    out = io.StringIO()
    path = os.environ["PATH"]
    os.environ["PATH"] = os.path.dirname(os.environ["SIIT_EAMCTL"]) + ":" + path
    show = demo.Show(False, out)
    try:
        lab = demo.run_demo(show)
        lab.close()
    finally:
        os.environ["PATH"] = path
    check(not show.failed, out.getvalue())
