"""The verdict machine: one ordered list of rules; the first that speaks decides.

Candidates are opaque instance ids with a role. Nothing here knows a name, a country or a tier.

1. **no-link**: no artifact of the program matches -> NO_LINK.
2. *Named* are the copies whose entity lies within the bound by its code p at 15/16 of the level.
   The last 16th is for tags: where the code alone names nobody, one copy with code p <= 1e-3 and
   tags of two channels, together within the bound. Asking both at the full level would double
   the chance of naming an innocent.
3. **contradiction** -> CONFLICTING_MARKS, and nobody is named:
   - a tag that can hardly be chance (over all copies together 1e-3) is that of a copy whose own
     code p is above 1e-3, and the code was read well enough to speak or names another copy.
     Where the code cannot speak, such tags of one copy are a lead, of two copies a contradiction;
   - two copies or more are named; one of them speaks by a single whole value alone (at all other
     sites it looks innocent, p > .05) while another speaks by several (p <= 1e-3 without its best
     one). One value of somebody else's copy can be taken over from a screenshot, and that is how
     a holder would be framed. Where all speak by several values, or each by one, the sample was
     built from these copies, whoever did it: that stays MULTIPLE_COPIES, as no reading can tell
     two colluders from one who has both;
   - a decoy is named: it was issued to nobody, so its marks come from the key.
4. **impossible**: a copy that fits was issued surely after the sample was seen, or never left the
   house, or is a release that was never made -> CONFLICTING_MARKS with that veto.
5. **veto**: order of issue and sighting unknown, copy or mark key reported stolen before, a gap of
   custody, a failed replay or phantom control -> LEAD_ONLY. A veto never lets another copy move
   up. That a copy was public before is a limit: it is still that copy.
6. **named**: one -> COPY_IDENTIFIED, of the vendor's own staff -> COPY_IDENTIFIED_INTERNAL, the
   released files -> PUBLIC_RELEASE, the vendor's original -> PROGRAM_ORIGIN_UNRESOLVED, several
   -> MULTIPLE_COPIES.
7. **original**: the sample holds an unmarked original byte for byte, or (8. **unsent**) shows a
   version of the vendor's own that was never sent -> PROGRAM_ORIGIN_UNRESOLVED.
9. **upstream**: features are shown that were dropped before the vendor's version, none that
   appears in it, and no copy's marks were read -> UPSTREAM_ORIGIN.
10. **own values**: where copies differ the sample shows the author's own values: unmarked material.
    With what first appears in the vendor's version -> PROGRAM_ORIGIN_UNRESOLVED, else finder and
    vendor hold it alike -> LINEAGE_ONLY.
11. **lead**: a copy with few chances by luck, though beyond the bound, or two copies of which at
    least one was a source -> LEAD_ONLY.
12. **group**: the marks of a wave or of the program are shown (chance 1e-3 over all groups), no
    copy's -> PROGRAM_ORIGIN_UNRESOLVED, from material held by N recipients. Group marks of the
    released files alone -> LINEAGE_ONLY.
13. **unregistered**: enough bits read and no word fits -> UNREGISTERED_COPY.
14. **vendor text**: what first appears in the vendor's version is shown, and it was not released
    when the sample was seen -> PROGRAM_ORIGIN_UNRESOLVED. *This is the difference to
    LINEAGE_ONLY*: program origin needs something that came into being in the vendor's hands (its
    text, a wave's or the program's marks, an unmarked original of its own); what finder and
    vendor both had shows lineage alone.
15. **insufficient**: some marks were read, too few to name anybody -> INSUFFICIENT, with how many
    bits are missing.
16. **lineage**: an artifact matches and nothing more is shown -> LINEAGE_ONLY.

Over any LINEAGE_ONLY: where trusted reports of use lie surely before the first issue of any copy ->
LINEAGE_ONLY_EARLIER_EXPLOITATION. An interval that overlaps the issue is never "before".

Reports that a tool is *similar* have no say here at all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mapp_compliance.attribution import limits as say
from mapp_compliance.attribution.circumstances import Beside, Candidacy, Circumstances, Holding
from mapp_compliance.attribution.matter import (
    BESIDE_LEVEL,
    Matter,
    missing,
    of_program,
    released,
    unnamed,
)
from mapp_compliance.attribution.naming import (
    CODE_SUPPORT,
    foreign_tags,
    is_lead,
    named_by,
)
from mapp_compliance.attribution.verdict import KEY_CASE, Verdict, VerdictKind
from mapp_compliance.watermark.codes import Scores, Spread

PHANTOM_LUCK = 1000  # a best phantom below 1/(1000 N) is no luck: the null itself is wrong
WHOLE_VALUE = 0.9  # of the sites of a value that was taken over whole, misreadings apart
LOOKS_INNOCENT = 0.05
K = VerdictKind


Rule = Callable[[Matter], Verdict | None]


def conclude(
    identified: bool,
    scores: Scores | None,
    candidates: Sequence[Candidacy],
    spaces: Mapping[int, int],
    circumstances: Circumstances,
    beside: Beside | None = None,
) -> Verdict:
    """The verdict on one sample.

    Args:
        identified: whether an artifact of the program matches at all.
        scores: of one observation against all instances; None when nothing was scored.
        candidates: of every instance in ``scores.instances``.
        spaces: number of values of each tag site by its place in the map.
        beside: evidence that names nobody.
    """
    matter = Matter(
        identified,
        scores,
        {item.instance: item for item in candidates},
        spaces,
        circumstances,
        beside or Beside(),
        named_by(scores) if scores else (),
    )
    found = next(said for _, rule in RULES if (said := rule(matter)) is not None)
    return _earlier(matter, found)


def _no_link(matter: Matter) -> Verdict | None:
    if matter.identified:
        return None
    return Verdict(K.NO_LINK, limits=(say.NO_ARTIFACT,), rule="no-link")


def _contradiction(matter: Matter) -> Verdict | None:
    if matter.scores is None:
        return None
    if any(item.holding is Holding.DECOY for item in matter.holders):
        return unnamed(matter, K.CONFLICTING_MARKS, "contradiction", say.DECOY, urgent=(KEY_CASE,))
    foreign = foreign_tags(matter.scores, matter.spaces)
    decoys = [matter.candidates[item.instance].holding is Holding.DECOY for item in foreign]
    if any(decoys):
        return unnamed(matter, K.CONFLICTING_MARKS, "contradiction", say.DECOY, urgent=(KEY_CASE,))
    if foreign and (matter.named or matter.enough):
        return unnamed(matter, K.CONFLICTING_MARKS, "contradiction", say.TAGS_AND_CODE)
    if len({item.entity for item in foreign}) > 1:
        return unnamed(matter, K.CONFLICTING_MARKS, "contradiction", say.TAGS_OF_TWO)
    spread = [matter.beside.spread[item.instance] for item in matter.named if matter.beside.spread]
    if any(_by_one_value(item) for item in spread) and any(
        item.p_elsewhere <= CODE_SUPPORT for item in spread
    ):
        return unnamed(matter, K.CONFLICTING_MARKS, "contradiction", say.ONE_VALUE)
    if foreign:
        return unnamed(matter, K.LEAD_ONLY, "contradiction", say.ONLY_TAGS)
    return None


def _by_one_value(found: Spread) -> bool:
    return found.share >= WHOLE_VALUE and found.p_elsewhere > LOOKS_INNOCENT


def _impossible(matter: Matter) -> Verdict | None:
    seen = matter.around.seen
    vetoes = []
    urgent: tuple[str, ...] = ()
    for item in matter.holders:
        issued = item.issued_at
        if item.holding is Holding.VENDOR_ORIGINAL or (issued and not seen.surely_before(issued)):
            continue
        if item.holding is Holding.PUBLIC_RELEASE:
            if issued:
                continue
            vetoes.append(say.NOT_RELEASED)
        elif issued:
            vetoes.append(say.came_too_late(issued, seen))
            continue
        else:
            vetoes.append(say.NEVER_LEFT)
        urgent = (KEY_CASE,)
    if not vetoes:
        return None
    found = unnamed(matter, K.CONFLICTING_MARKS, "impossible", urgent=urgent)
    return replace(found, vetoes=tuple(dict.fromkeys(vetoes)))


def _veto(matter: Matter) -> Verdict | None:
    around, scores = matter.around, matter.scores
    if scores is None or not matter.named:
        return None
    vetoes = []
    if any(
        item.issued_at
        and item.holding is not Holding.PUBLIC_RELEASE
        and not around.seen.surely_after(item.issued_at)
        for item in matter.holders
    ):
        vetoes.append(say.ORDER_UNKNOWN)
    if any(
        item.stolen_at and not around.seen.surely_before(item.stolen_at) for item in matter.holders
    ):
        vetoes.append(say.STOLEN)
    if around.key_stolen_at and not around.seen.surely_before(around.key_stolen_at):
        vetoes.append(say.KEY_STOLEN)
    if around.custody_gap:
        vetoes.append(say.CUSTODY)
    if not around.replayed:
        vetoes.append(say.NO_REPLAY)
    controls = [each for each in (scores.phantoms, scores.phantoms_joint) if each is not None]
    if any(each.best_p * PHANTOM_LUCK * each.count < 1 for each in controls):
        vetoes.append(say.PHANTOMS_FAILED)
    if not vetoes:
        return None
    urgent = (KEY_CASE,) if say.KEY_STOLEN in vetoes else ()
    return replace(unnamed(matter, K.LEAD_ONLY, "veto", urgent=urgent), vetoes=tuple(vetoes))


def _named(matter: Matter) -> Verdict | None:
    if matter.scores is None or not matter.named:
        return None
    holdings = [item.holding for item in matter.holders]
    kind = K.MULTIPLE_COPIES if len(holdings) > 1 else _KIND_OF[holdings[0]]
    stages = matter.beside.stages
    said = [say.MORE_SOURCES] if matter.scores.residual.more_sources else []
    said += [say.RESTS_ON_OTHERS] if any(item.opens for item in matter.named) else []
    if stages is not None and stages.latest is not None:
        said.append(say.EARLIER_TEXT)
    said += say.public_copies(matter.holders, matter.around.seen)
    said += say.derived_copies(matter.holders, matter.around.seen)
    said += say.early_release(matter.holders, matter.around.seen)
    said += say.late_theft(matter.holders)
    issued = [item.issued_at for item in matter.holders if item.issued_at]
    said += say.earlier_use(matter.around, min(issued, default=None), named=True)
    said += say.general(matter.around, named=True)
    return Verdict(
        kind,
        tuple(item.instance for item in matter.named),
        limits=(*said, *say.NOT_MORE),
        rule="named",
        candidates=len({item.entity for item in matter.named}),
    )


_KIND_OF = {
    Holding.RECIPIENT: K.COPY_IDENTIFIED,
    Holding.INTERNAL: K.COPY_IDENTIFIED_INTERNAL,
    Holding.PUBLIC_RELEASE: K.PUBLIC_RELEASE,
    Holding.VENDOR_ORIGINAL: K.PROGRAM_ORIGIN_UNRESOLVED,
}


def _original(matter: Matter) -> Verdict | None:
    if not matter.around.holds_original:
        return None
    return of_program(matter, "original", say.HOLDS_ORIGINAL)


def _unsent(matter: Matter) -> Verdict | None:
    stages = matter.beside.stages
    if stages is None or not stages.unsent or matter.enough:
        return None
    return of_program(matter, "unsent", say.NOT_SENT)


def _upstream(matter: Matter) -> Verdict | None:
    stages = matter.beside.stages
    if stages is None or not stages.upstream or matter.enough or _group(matter) is not None:
        return None
    intake = (say.INTAKE,) if matter.around.upstream_received else ()
    told = (say.upstream_text(stages), *intake)
    found = unnamed(matter, K.UPSTREAM_ORIGIN, "upstream", *told)
    return replace(found, candidates=matter.around.upstream_holders)


def _own_values(matter: Matter) -> Verdict | None:
    if not matter.own_values:
        return None
    if matter.vendor_shown:
        told = say.vendor_text(matter.downstream)
        return of_program(matter, "own values", say.OWN_VALUES, told)
    return unnamed(matter, K.LINEAGE_ONLY, "own values", say.OWN_VALUES)


def _lead(matter: Matter) -> Verdict | None:
    scores = matter.scores
    if scores is None:
        return None
    if scores.pair is not None:
        return unnamed(matter, K.LEAD_ONLY, "lead", say.one_of_two(scores.pair.p), *missing(matter))
    if not is_lead(scores):
        return None
    return unnamed(matter, K.LEAD_ONLY, "lead", say.NOT_THE_BEST, *missing(matter))


def _group(matter: Matter) -> Verdict | None:
    beside = matter.beside
    shown = [item.group for item in beside.groups if item.p <= BESIDE_LEVEL]
    ours = [group for group in shown if group not in beside.released]
    if not ours:
        if not shown:
            return None
        return unnamed(matter, K.LINEAGE_ONLY, "group", say.RELEASED_GROUP)
    waves = [group for group in ours if group != beside.program]
    holders = sum(beside.holders.get(group, 0) for group in waves or ours)
    fits = (say.NO_COPY_FITS,) if matter.enough else ()
    told = (say.group_held(holders, len(waves)), *fits, *missing(matter))
    found = unnamed(matter, K.PROGRAM_ORIGIN_UNRESOLVED, "group", *told)
    return replace(found, candidates=holders)


def _unregistered(matter: Matter) -> Verdict | None:
    if not matter.enough:
        return None
    return unnamed(matter, K.UNREGISTERED_COPY, "unregistered", say.NO_COPY_FITS)


def _vendor_text(matter: Matter) -> Verdict | None:
    if not matter.vendor_shown or matter.was_released:
        return None
    return of_program(matter, "vendor text", say.vendor_text(matter.downstream), *missing(matter))


def _insufficient(matter: Matter) -> Verdict | None:
    scores = matter.scores
    if scores is None or not (scores.read_sites or any(item.tag_hits for item in scores.instances)):
        return None
    return unnamed(matter, K.INSUFFICIENT, "insufficient", *missing(matter), *released(matter))


def _lineage(matter: Matter) -> Verdict | None:
    stages = matter.beside.stages
    told = [say.NO_MARK]
    if stages is not None and stages.common_shown and not matter.vendor_shown:
        told.append(say.TOO_LITTLE if stages.any_apart else say.COMMON_ONLY)
    return unnamed(matter, K.LINEAGE_ONLY, "lineage", *told, *released(matter))


RULES: tuple[tuple[str, Rule], ...] = (
    ("no-link", _no_link),
    ("contradiction", _contradiction),
    ("impossible", _impossible),
    ("veto", _veto),
    ("named", _named),
    ("original", _original),
    ("unsent", _unsent),
    ("upstream", _upstream),
    ("own values", _own_values),
    ("lead", _lead),
    ("group", _group),
    ("unregistered", _unregistered),
    ("vendor text", _vendor_text),
    ("insufficient", _insufficient),
    ("lineage", _lineage),
)


def _earlier(matter: Matter, found: Verdict) -> Verdict:
    """LINEAGE_ONLY, told apart where the material was in use before any copy left."""
    used, first = matter.around.exploited, matter.around.first_issue
    if found.kind is not K.LINEAGE_ONLY or used is None:
        return found
    if first is not None and not used.surely_before(first):
        return found
    return replace(found, kind=K.LINEAGE_ONLY_EARLIER_EXPLOITATION)
