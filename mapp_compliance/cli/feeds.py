"""``mapp feed ...`` and ``mapp tick``: watched folders, gone through once."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.leaks import VISIBILITIES
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import FeedName, instant_text, shown

if TYPE_CHECKING:
    from mapp_compliance.attribution import Feed
    from mapp_compliance.workflows.feeds import Looked

UNDELIVERED = 7


@click.group()
def feed_command() -> None:
    """Watched folders; 'mapp tick' goes through them."""


@feed_command.command("add")
@click.argument("name")
@click.option("--path", required=True, type=click.Path(path_type=Path), help="The folder.")
@click.option(
    "--attribute",
    "attributes",
    default="no",
    type=click.Choice(["yes", "no"]),
    help="Attribute its files without a person; each scored one costs a share of the bound.",
)
@click.option("--visibility", default="closed", type=click.Choice(VISIBILITIES))
@verb
def add_feed_command(call: Call, name: str, path: Path, attributes: str, visibility: str) -> None:
    """Watch a folder, or change the rule of a watched one."""
    from mapp_compliance.attribution import Feed, Visibility
    from mapp_compliance.workflows.feeds import add_feed

    folder, home = path.absolute(), call.home.absolute()
    if folder == home or home in folder.parents or folder in home.parents:
        raise InvalidInput("a watched folder lies apart from the workspace; name one outside of it")
    feed = Feed(
        FeedName(name), str(folder), attributes == "yes", Visibility(visibility), call.now()
    )
    kept, new = add_feed(call.desk(), feed)
    call.say(
        {"feed": _document(kept), "new": new},
        f"Feed {kept.name} watches {shown(kept.path)}; its files are "
        f"{'attributed' if kept.attributes else 'kept as samples'}. Next: mapp tick",
    )


@feed_command.command("list")
@verb
def list_feeds(call: Call) -> None:
    """All watched folders."""
    with call.desk().store.read() as work:
        feeds = work.feeds.all()
    call.say(
        {"feeds": [_document(item) for item in feeds]},
        *(
            f"{item.name:<16} {'attributes' if item.attributes else 'keeps':<11} "
            f"{item.visibility.value:<13} {shown(item.path)}"
            for item in feeds
        ),
        *(() if feeds else ("No folder is watched.",)),
    )


@click.command()
@verb
def tick_command(call: Call) -> int:
    """Do once what waits: letters to send, watched folders to go through."""
    from mapp_compliance.workflows.feeds import tick

    done = tick(call.desk())
    call.say(
        {
            "feeds": [_looked_document(item) for item in done.feeds],
            "letters": done.letters,
            "waiting": done.waiting or None,
        },
        *(line for item in done.feeds for line in _lines(item)),
        f"{done.letters} letter(s) sent.",
        *((done.waiting,) if done.waiting else ()),
    )
    return UNDELIVERED if done.waiting else 0


def _document(feed: "Feed") -> dict[str, object]:
    return {
        "name": feed.name,
        "path": feed.path,
        "attribute": "yes" if feed.attributes else "no",
        "visibility": feed.visibility.value,
        "added_at": instant_text(feed.added_at),
    }


def _looked_document(item: "Looked") -> dict[str, object]:
    return {
        "feed": item.feed.name,
        "samples": list(item.samples),
        "known": item.known,
        "left": [{"file": name, "reason": reason} for name, reason in item.left],
        "cases": [case.id for case in item.cases],
        "problem": item.problem or None,
    }


def _lines(item: "Looked") -> list[str]:
    head = f"{item.feed.name}: {len(item.samples)} new sample(s), {item.known} known"
    return [
        f"{item.feed.name}: {item.problem}" if item.problem else head,
        *(f"  left {shown(name)}: {reason}" for name, reason in item.left),
        *(f"  case {case.id} is open; deliveries are held" for case in item.cases),
    ]
