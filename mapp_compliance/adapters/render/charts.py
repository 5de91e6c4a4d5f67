"""The pictures of reports as SVG: the same data give the same bytes.

Rules:
- Matplotlib's object interface alone, from its own default settings, with a fixed salt for ids,
  no date, its own font drawn as paths: nothing of the machine or of its user gets in.
- Two inks and two signal colours, each with a contrast of 4.5 on white and on black, on a
  transparent ground; no meaning hangs on colour alone.
- Labels are printable ASCII and are never read as formulas; names belong into tables.

>>> score_picture([0.0, 1.0], [0.0, -3.0], 0.8, [0.1], -2.0)[:5]
b'<?xml'
"""

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapp_compliance.values import Window

INK, BLUE, RED, GREEN = "#757575", "#2e7ab6", "#cc4841", "#3e844b"
WIDTH_IN = 7.2  # the text column of a printed A4 page
MOST_BARS = 24  # more copies are drawn as a rising count
MOST_STEPS = 200  # of that count; finer ones cannot be seen and make the file big
ROW_IN = 0.23
TICK_HOURS = (1, 2, 6, 12, 24, 48, 168, 336, 672, 2688, 8736)
MOST_TICKS = 6
LEAST_LOG10 = -13.0  # the chart's floor; no p below 1e-12 is ever stated
NEARLY_ONE = -0.05  # log10: to the left of that the curve is flat and tells nothing


@dataclass(frozen=True, slots=True)
class Bar:
    """One copy: from its delivery on, with its receipt."""

    label: str
    delivered_at: datetime
    receipted_at: datetime | None


def score_picture(
    null_score: Sequence[float],
    null_log10_tail: Sequence[float],
    case_score: float,
    others: Sequence[float],
    log10_bound: float,
    strongest: str = "best fit, not named",
) -> bytes:
    """The chances by score of a copy that is not involved, the scores, and the bound.

    Args:
        null_score: rising scores; null_log10_tail: log10 of the chance of at least that score.
        case_score: of the strongest copy; others: of further copies.
        log10_bound: log10 of the chance within which a copy can be named.
        strongest: what the strongest copy is called.
    """
    with _settings():
        figure = Figure(figsize=(WIDTH_IN, 2.9))
        axes = figure.add_axes((0.09, 0.17, 0.89, 0.72))
        axes.plot(null_score, null_log10_tail, color=BLUE, linewidth=1.8)
        low = max(min([*null_log10_tail, log10_bound]), LEAST_LOG10) - 0.4
        axes.axhline(log10_bound, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(others, [low] * len(others), "|", color=INK, markersize=9, clip_on=False)
        axes.axvline(case_score, color=RED, linewidth=1.6)
        at = _tail_at(null_score, null_log10_tail, case_score)
        # A triangle at the floor says that the point lies below it.
        shape = "D" if at >= low else "v"
        axes.plot([case_score], [max(at, low)], shape, color=RED, markersize=7, clip_on=False)
        axes.set_ylim(low, 0.6)
        axes.set_xlim(*_score_range(null_score, null_log10_tail, [case_score, *others]))
        axes.set_xlabel("score of a copy (ticks: the other copies)")
        axes.set_ylabel("log10 of the chance by luck")
        _mark(axes, case_score, f"{strongest} ({case_score:g})", RED, 1.02)
        axes.annotate(
            "bound: only below it can a copy be named",
            (0.01, log10_bound),
            xycoords=("axes fraction", "data"),
            xytext=(0, -4),
            textcoords="offset points",
            va="top",
        )
        return _svg(figure)


def access_picture(
    bars: Sequence[Bar],
    seen: Window | None,
    release_at: datetime | None,
    release: str = "planned release",
) -> bytes:
    """Who held a copy from when on, with the sighting and the release; times are UTC."""
    with _settings():
        few = len(bars) <= MOST_BARS
        height = 1.05 + ROW_IN * (max(len(bars), 3) if few else 10)
        figure = Figure(figsize=(WIDTH_IN, height))
        left = 0.03 + 0.0105 * max(len(_label(bar.label)) for bar in bars) if few else 0.09
        axes = figure.add_axes((left, 0.36 / height, 0.94 - left, 1 - 0.86 / height))
        start, end = _span(bars, seen, release_at)
        axes.set_xlim(start, end)
        if few:
            _draw_bars(axes, bars, end)
        else:
            _draw_count(axes, bars, end)
        if seen:
            _draw_seen(axes, seen)
        if release_at:
            at = _hours(release_at)
            axes.axvline(at, color=GREEN, linewidth=1.4, linestyle=(0, (4, 3)))
            # A line higher than the other label, as the two may fall on the same hour.
            _mark(axes, at, release, GREEN, 1.0 + 0.17 / (height - 0.86))
        _date_ticks(axes, start, end)
        return _svg(figure)


def draw(kind: str, data: Mapping[str, object]) -> bytes:
    """The picture of a report's plain data; the kinds are ``score`` and ``access``.

    Raises:
        KeyError, TypeError, ValueError: another kind, or data of another shape.
    """
    return {"score": _score_of, "access": _access_of}[kind](data)


def _score_of(data: Mapping[str, object]) -> bytes:
    return score_picture(
        _floats(data["score"]),
        _floats(data["log10_tail"]),
        float(str(data["case_score"])),
        _floats(data["others"]),
        float(str(data["log10_bound"])),
        "copy that is named" if data["named"] is True else "best fit, not named",
    )


def _access_of(data: Mapping[str, object]) -> bytes:
    rows, seen, release = data["rows"], data["seen"], data["release_at"]
    if not isinstance(rows, list | tuple):
        raise TypeError("rows is no list")
    bars = [
        Bar(str(row["label"]), _time(row["delivered_at"]), _optional_time(row["receipted_at"]))
        for row in rows
    ]
    window = Window(_time(seen["start"]), _time(seen["end"])) if isinstance(seen, Mapping) else None
    name = "release" if data["released"] is True else "planned release"
    return access_picture(bars, window, _optional_time(release), name)


def _floats(value: object) -> list[float]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{type(value).__name__} instead of a list")
    return [float(item) for item in value]


def _time(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _optional_time(value: object) -> datetime | None:
    return None if value is None else _time(value)


@contextmanager
def _settings() -> Iterator[None]:
    """Matplotlib's own defaults, then ours; whatever a user's file says is left out."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rc("svg", hashsalt="mapp-compliance", fonttype="path")
        mpl.rc("font", family="DejaVu Sans", size=9.0)
        mpl.rc("text", color=INK)
        mpl.rc("axes", edgecolor=INK, labelcolor=INK, unicode_minus=False)
        mpl.rc("axes.spines", top=False, right=False)
        mpl.rc("xtick", color=INK)
        mpl.rc("ytick", color=INK)
        yield


def _tail_at(scores: Sequence[float], tail: Sequence[float], score: float) -> float:
    beyond = -math.inf  # the curve ends where its chances become too small to be told
    return next((high for at, high in zip(scores, tail, strict=True) if at >= score), beyond)


def _score_range(
    scores: Sequence[float], tail: Sequence[float], copies: Sequence[float]
) -> tuple[float, float]:
    """From where the curve begins to fall, or the lowest copy, to the highest score."""
    flat = [at for at, high in zip(scores, tail, strict=True) if high >= NEARLY_ONE]
    low, high = min([max(flat, default=scores[0]), *copies]), max([*scores, *copies])
    margin = max((high - low) * 0.03, 0.01)
    return low - margin, high + margin


def _mark(axes: Axes, at: float, text: str, color: str, height: float) -> None:
    """A label above a line, on the side where there is room."""
    low, high = axes.get_xlim()
    right = (at - low) > 0.6 * (high - low)
    axes.annotate(
        text,
        (at, height),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if right else 4, 2),
        textcoords="offset points",
        ha="right" if right else "left",
        va="bottom",
        color=color,
    )


def _span(
    bars: Sequence[Bar], seen: Window | None, release_at: datetime | None
) -> tuple[float, float]:
    moments = [bar.delivered_at for bar in bars]
    moments += [bar.receipted_at for bar in bars if bar.receipted_at]
    moments += [seen.start, seen.end] if seen else []
    moments += [release_at] if release_at else []
    hours = [_hours(moment) for moment in moments]
    margin = max((max(hours) - min(hours)) * 0.04, 1.0)
    return min(hours) - margin, max(hours) + margin


def _hours(moment: datetime) -> float:
    """Hours since 1970, the unit of the time axis."""
    return moment.timestamp() / 3600


def _draw_bars(axes: Axes, bars: Sequence[Bar], end: float) -> None:
    for row, bar in enumerate(bars):
        start = _hours(bar.delivered_at)
        axes.barh(row, end - start, left=start, height=0.5, color=BLUE, alpha=0.55, linewidth=0)
        axes.plot([start], [row], "|", color=BLUE, markersize=10, markeredgewidth=2)
        if bar.receipted_at:
            axes.plot([_hours(bar.receipted_at)], [row], "D", color=INK, markersize=4.5)
    axes.set_ylim(max(len(bars), 3) - 0.4, -0.6)
    axes.set_yticks(range(len(bars)), [_label(bar.label) for bar in bars])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _draw_count(axes: Axes, bars: Sequence[Bar], end: float) -> None:
    delivered = [bar.delivered_at for bar in bars]
    receipted = [bar.receipted_at for bar in bars if bar.receipted_at]
    _draw_rise(axes, delivered, end, BLUE, "-", "copies out")
    if receipted:
        _draw_rise(axes, receipted, end, INK, "--", "receipts")
    axes.set_ylim(0, len(bars) * 1.08)
    axes.legend(frameon=False, loc="center")


def _draw_rise(
    axes: Axes, moments: Sequence[datetime], end: float, color: str, style: str, name: str
) -> None:
    """A count that rises with each moment, to the right end of the picture."""
    times = sorted(_hours(moment) for moment in moments)
    every = math.ceil(len(times) / MOST_STEPS)
    rise = [(at, count) for count, at in enumerate(times, 1) if count % every == 0]
    rise = [(times[0], 0), *rise, (times[-1], len(times)), (end, len(times))]
    x, y = zip(*rise, strict=True)
    axes.step(x, y, style, where="post", color=color, linewidth=1.8, label=name)


def _draw_seen(axes: Axes, seen: Window) -> None:
    start, end = _hours(seen.start), _hours(seen.end)
    axes.axvspan(start, end, color=RED, alpha=0.25, linewidth=0)
    axes.axvline(start, color=RED, linewidth=1.6)
    _mark(axes, start, "sample seen", RED, 1.0)


def _date_ticks(axes: Axes, start: float, end: float) -> None:
    """Whole UTC hours in ISO order, without names of months: they depend on the language."""
    step = next((one for one in TICK_HOURS if (end - start) / one <= MOST_TICKS), TICK_HOURS[-1])
    ticks = range(math.ceil(start / step) * step, math.floor(end) + 1, step)
    form = "%Y-%m-%d" if step >= 24 else "%m-%d %H:%M"
    axes.set_xticks(ticks, [datetime.fromtimestamp(at * 3600, UTC).strftime(form) for at in ticks])


def _label(text: str) -> str:
    return "".join(ch if " " <= ch <= "~" else "?" for ch in text)[:26]


def _svg(figure: Figure) -> bytes:
    out = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    return out.getvalue()
