"""Reports, letters and the words in parcels from Jinja2 templates that users can edit.

Rules:
- The user's folder comes first; a template it lacks is taken from the shipped one.
- Templates run in a sandbox, and a name or key that is missing is an error, never a blank.
- Whatever is printed passes ``values.shown``: control and bidirectional characters come out
  visible, in letters too. In ``.html.j2`` it is escaped besides. Write outside text line by line.
- ``picture(kind, data)`` gives an SVG as a data address for ``<img src>``; ``figure`` rounds a
  number up to three digits, ``one_in`` says a chance as one in so many, ``when`` gives an instant
  to the minute and ``between`` an interval, for people. No chance is made smaller by rounding.

>>> figure("6.079271018540266e-05"), figure("6.071e-05"), figure("-1.257"), figure("3e-15")
('6.08e-05', '6.08e-05', '-1.25', '1e-12')
>>> one_in("6.079271018540266e-05"), one_in("1e-12")
('1 in 16,400', '1 in 1,000,000,000,000')
>>> between("2026-12-01T20:00:00Z/2026-12-02T06:00:00Z")
'2026-12-01 20:00 to 2026-12-02 06:00 UTC'
"""

import base64
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from pathlib import Path

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import Json
from mapp_compliance.values import instant, shown

LEAST_PRINTED = Decimal("1e-12")  # D4: no chain of custody is better
THREE_UP = Context(prec=3, rounding=ROUND_CEILING)
THREE_DOWN = Context(prec=3, rounding=ROUND_FLOOR)


class TemplateRenderer:
    """The port ``Renderer`` over folders of templates, the first that has one wins."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(list(folders)),
            undefined=StrictUndefined,
            autoescape=_is_html,
            finalize=_printable,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._environment.filters["shown"] = shown
        self._environment.filters["figure"] = figure
        self._environment.filters["one_in"] = one_in
        self._environment.filters["when"] = when
        self._environment.filters["between"] = between
        self._environment.globals["picture"] = picture

    def render(self, template: str, model: Mapping[str, Json]) -> str:
        """The text of one template for one model.

        Raises:
            InvalidInput: no such template, or a fault in it, with file and line.
        """
        try:
            return self._environment.get_template(template).render(dict(model))
        except TemplateSyntaxError as err:
            raise _fault(err, f"{err.name or template}:{err.lineno}") from err
        except TemplateNotFound as err:
            raise InvalidInput(
                f"there is no template {shown(str(err.name))}; put it into the templates folder",
                where=template,
            ) from err
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as err:
            raise _fault(err, f"{template}:{_line(err)}") from err


def picture(kind: str, data: Mapping[str, object]) -> str:
    """The SVG of a report's picture as a data address."""
    # Drawing takes a plotting library; letters and terms must not wait for it.
    from mapp_compliance.adapters.render.charts import draw

    return "data:image/svg+xml;base64," + base64.b64encode(draw(kind, data)).decode()


def figure(text: str) -> str:
    """A number's text rounded up to three digits; what lies above 0 is at least 1e-12."""
    value = Decimal(text)
    if value > 0:
        value = max(value, LEAST_PRINTED)
    return f"{float(THREE_UP.plus(value)):.3g}"


def one_in(text: str) -> str:
    """A chance above 0 as one in so many; the many is rounded down to three digits."""
    chance = max(Decimal(text), LEAST_PRINTED)
    return f"1 in {int(THREE_DOWN.divide(Decimal(1), chance)):,}"


def when(text: str) -> str:
    """An instant of a document to the minute, in UTC; say so beside it."""
    return instant(text).strftime("%Y-%m-%d %H:%M")


def between(text: str) -> str:
    """An interval of a document, or its one instant, to the minute and with its zone."""
    start, _, end = text.partition("/")
    one = when(start) == when(end or start)
    return f"{when(start)} UTC" if one else f"{when(start)} to {when(end)} UTC"


def _is_html(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")


def _printable(value: object) -> object:
    """What an expression prints: text made visible; None and objects are mistakes."""
    if isinstance(value, Markup | StrictUndefined):
        return value
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, int):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be printed; test it or take one of its keys")


def _fault(err: Exception, where: str) -> InvalidInput:
    return InvalidInput(f"the template fails: {shown(str(err))}; mend it", where=where)


def _line(err: BaseException) -> int:
    """The template's line that was running; Jinja2 rewrites the traceback to template lines."""
    line = 0
    trace = err.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
