# SPDX-License-Identifier: GPL-2.0
"""A Border Relay in the path of another (Transit, see lab/topology.py): what br has translated
passes br2 as it is; what br2 has translated passes br as it is.

  client ---- br ==== br2 ---- web
"""
from lab import traffic
from lab.cases import case, check, equal
from lab.topology import CLIENT6, WEB4, Transit


@case(Transit)
def not_translated_back(lab):
    with lab.watch(lab.br) as near, lab.watch(lab.br2) as far:
        equal(traffic.stream(lab.client, WEB4, 9, up=5 << 20, down=5 << 20), CLIENT6, "peer of web")
        traffic.ping(lab.client, WEB4, 1000)
    check(near["translated"][0] > 0 and near["translated"][1] == 0, f"br: {near}")
    check(far["translated"][1] > 0 and far["translated"][0] == 0, f"br2: {far}")
    for name, moved in (("br", near), ("br2", far)):
        check(not any(k.startswith(("drop", "reject")) for k in moved), f"{name}: {moved}")
    lab.check_csums()
