"""``mapp doctor`` and ``mapp status``."""

import click

from mapp_compliance.cli.context import Call, verb


@click.command()
@verb
def doctor_command(call: Call) -> int:
    """Look at the machine and the workspace: what is missing, and what to do about it."""
    from mapp_compliance.adapters.machine import Light
    from mapp_compliance.app import examine

    checks = examine(call.home, call.now)
    red = any(check.light is Light.RED for check in checks)
    call.say(
        {
            "ok": not red,
            "checks": [
                {"name": check.name, "state": check.light.value, "detail": check.detail}
                for check in checks
            ],
        },
        *(f"{check.light.value:<6} {check.name:<16} {check.detail}" for check in checks),
    )
    return 1 if red else 0


@click.command()
@verb
def status_command(call: Call) -> None:
    """One page of what waits for somebody."""
    from mapp_compliance.workflows.figures import up
    from mapp_compliance.workflows.status import spent, waiting

    desk = call.desk()
    found, year = waiting(desk), spent(desk)
    call.say(
        {
            "waiting": [item.record() for item in found],
            "late": sum(item.late for item in found),
            "wrong_names": year.record(),
        },
        f"Chance of any wrong name in {year.year}: at most {up(year.spent):g}, by "
        f"{year.samples} scored samples; the limit is {float(year.limit):g}.",
        *(
            f"  raised to {one['limit']:g} at {one['at']} by {', '.join(one['approved_by'])} "
            f"(independence: {one['independence']})"
            for one in year.raised()
        ),
        f"{len(found)} things wait, {sum(item.late for item in found)} of them are late.",
        *(
            f"{'LATE' if item.late else '    '}  {item.record()['due'] or '-':<22}"
            f"{item.kind:<8} {item.subject}  {item.what}"
            for item in found
        ),
    )
