# SPDX-License-Identifier: GPL-2.0
"""scripts/demo, as far as it runs inside the VM."""
import io

import demo
from lab.cases import case, check


@case(timeout=120)
def every_step_works():
    out = io.StringIO()
    show = demo.Show(False, out)
    demo.run_demo(show).close()
    check(not show.failed, out.getvalue())
