"""The promises of design §2, and what the guards are for, over what a world has to show.

Each raises `PromiseBrokenError` that names the promise. `check` is true at every moment,
`check_settled` once the world has run on for long enough.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sms_gateway.domain.guards import HOUR, Limits, end_of_day
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.patience import MOST_FORBIDDEN
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import REPORTED, ReportStatus
from sms_gateway.domain.status import FINAL, MOVES, SETTLED, Status
from sms_gateway.use_cases.publish_changes import RowChange
from tests.fakes.messages import ROOM_FOR_CONTRADICTIONS
from tests.guarantees.process import EVENT_SOURCE, GIVEN
from tests.guarantees.unreliable_voipit import Answer, Request

MOST_INVALID: Final = 2
"""Requests that count against our IP, per outage: two may have left at the same moment."""
EARLY_PING: Final = timedelta(minutes=5)
"""One ping of an account that was refused comes so soon; it is a mistake by design."""
PING_PAUSE: Final = timedelta(minutes=59)
"""The next one comes an hour later, and so is that."""
_ALLOWED: Final = {(source, m.target) for m in MOVES.values() for source in m.sources}


class PromiseBrokenError(AssertionError):
    """A promise does not hold; the sentence says which, and where."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a world has to show for itself.

    `writes` is the table's stream, `published` the (source, id) of each event, `acknowledged` the
    messages that were answered 202, `reports` those that were answered 200, `kept_reports` the
    messages whose report waits in the fallback queue.
    `heard` is what clients were shown, `forged` what was answered 200 at a URL that was minted for
    another client's message. `suppressed` is who was on the do-not-contact list when, `counted` how
    many messages each of the guards has counted.
    """

    rows: Mapping[MessageKey, Message]
    writes: Sequence[RowChange]
    requests: Sequence[Request]
    published: Sequence[tuple[str, str]]
    acknowledged: Collection[MessageKey]
    reports: Sequence["Told"]
    heard: Sequence["Heard"]
    forged: Sequence[MessageKey]
    kept_reports: Collection[MessageKey]
    limits: Limits
    suppressed: Sequence["Suppressed"]
    counted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery report about one try, which Voipit was told we have."""

    about: Request
    status: ReportStatus


@dataclass(frozen=True, slots=True)
class Heard:
    """A client was shown this message; or an error told that it is there."""

    client: str
    of: MessageKey


@dataclass(slots=True)
class Suppressed:
    """A number was on the do-not-contact list: from this write of `Evidence.writes` to that."""

    phone_number: PhoneNumber
    begins: int
    ends: float = math.inf


def note_suppressions(so_far: list[Suppressed], now: Collection[PhoneNumber], writes: int) -> None:
    """Go on with the list: `now` are the numbers on it, after so many writes of messages."""
    for entry in so_far:
        if entry.ends == math.inf and entry.phone_number not in now:
            entry.ends = writes
    known = {entry.phone_number for entry in so_far if entry.ends == math.inf}
    so_far += [Suppressed(number, writes) for number in now if number not in known]


def check(evidence: Evidence) -> None:
    """What holds at every moment."""
    _at_most_one_acceptance(evidence)
    _doubt_is_never_forgotten(evidence)
    for write in evidence.writes:
        _a_report_outranks(write)
        _final_is_never_left(write)
        _is_a_move(write)
        _history_tells_all(write)
        _somebody_will_look(write.after)
    _sequence_is_gapless(evidence.writes)
    _published_happened(evidence)
    _acknowledged_is_stored(evidence)
    _an_id_belongs_to_a_client(evidence)
    _few_mistakes(evidence.requests)
    _no_text_stops_all(evidence.requests)
    _nobody_is_texted_who_asked_not_to_be(evidence)
    _one_click_is_one_message(evidence)
    _no_limit_is_exceeded(evidence)
    _counted_is_what_is_stored(evidence)


def check_settled(evidence: Evidence) -> None:
    """What holds once the world has run on."""
    check(evidence)
    for row in evidence.rows.values():
        _holds(row.status in SETTLED, "nothing is forgotten", row, "is not settled")
        _holds(row.due_at is None, "nothing is forgotten", row, "is settled and due all the same")
    happened = {_event(w.after) for w in evidence.writes}
    missing = happened - set(evidence.published)
    if missing:
        raise PromiseBrokenError(f"every change is published: not {sorted(missing)}")
    if evidence.kept_reports:
        raise PromiseBrokenError(f"acknowledged means stored: {evidence.kept_reports} still wait")


def _holds(condition: bool, promise: str, row: Message, sentence: str) -> None:  # noqa: FBT001
    if not condition:
        raise PromiseBrokenError(
            f"{promise}: {row.message_id} {sentence}"
            f" ({row.client}, {row.status}, version {row.version})"
        )


def _is_a_move(write: RowChange) -> None:
    before, after = write.before, write.after
    if before is None:
        _holds(after.status in {Status.QUEUED, Status.SENDING}, "moves", after, "was born so")
    elif before.version != after.version:
        allowed = (before.status, after.status) in _ALLOWED
        _holds(allowed, "moves", after, f"was {before.status}")
    else:
        _holds(before.status is after.status, "moves", after, "changed without a version")


def _final_is_never_left(write: RowChange) -> None:
    if write.before is not None and write.before.status in FINAL:
        same = write.before.version == write.after.version
        _holds(same, "a final status is never left", write.after, f"was {write.before.status}")


def _a_report_outranks(write: RowChange) -> None:
    before, after = write.before, write.after
    if before is not None:
        if before.report is not None:
            _holds(after.report == before.report, "the first report stays", after, "has another")
        kept = before.contradicting_reports
        stays = after.contradicting_reports[: len(kept)] == kept
        _holds(stays, "the first report stays", after, "has lost one")
    if after.report is not None:
        said = REPORTED[after.report.status][1]
        _holds(after.status is said, "a report outranks everything", after, f"was told {said}")


def _history_tells_all(write: RowChange) -> None:
    before, after = write.before, write.after
    _holds(len(after.history) == after.version, "sequence", after, "has another history")
    _holds(after.history[-1].status is after.status, "sequence", after, "ends otherwise")
    if before is not None:
        kept = after.history[: len(before.history)] == before.history
        _holds(kept, "sequence", after, "has forgotten some of its history")


def _somebody_will_look(row: Message) -> None:
    looked_after = row.status in SETTLED or row.due_at is not None
    _holds(looked_after, "nothing is forgotten", row, "has no dueAt")


def _sequence_is_gapless(writes: Sequence[RowChange]) -> None:
    last: dict[MessageKey, int] = {}
    for write in writes:
        row = write.after
        before = last.get(row.key, 0)
        gapless = row.version == before + 1 or (row.version == before and before > 0)
        _holds(gapless, "sequence", row, f"came after version {before}")
        last[row.key] = row.version


def _at_most_one_acceptance(evidence: Evidence) -> None:
    accepted = [r for r in evidence.requests if r.accepted]
    for (key, attempt), times in Counter((r.key, r.attempt) for r in accepted).items():
        if times > 1:
            raise PromiseBrokenError(
                f"at most one acceptance: {key.message_id}, attempt {attempt}, "
                f"went out {times} times ({key.client})"
            )
    for key, times in Counter(r.key for r in accepted).items():
        row = evidence.rows.get(key)
        if row is None:
            raise PromiseBrokenError(f"intent first: {key} went out and is not stored")
        most = 2 if row.on_unconfirmed is OnUnconfirmed.RESEND else 1
        _holds(times <= most, "at most one acceptance", row, f"went out {times} times")
        _holds(row.status is not Status.CANCELLED, "cancelled", row, "went out all the same")


def _published_happened(evidence: Evidence) -> None:
    happened = {_event(write.after) for write in evidence.writes}
    invented = set(evidence.published) - happened
    if invented:
        raise PromiseBrokenError(f"sequence: {sorted(invented)} were published, never written")


def _acknowledged_is_stored(evidence: Evidence) -> None:
    for key in evidence.acknowledged:
        if key not in evidence.rows:
            raise PromiseBrokenError(f"acknowledged means stored: {key} is gone")
    for told in evidence.reports:
        row = evidence.rows.get(told.about.key)
        if row is not None and row.key not in evidence.kept_reports:
            stored = row.status in FINAL or _is_kept_beside(told, row)
            promise = "acknowledged means stored"
            _holds(stored, promise, row, "lost a report that was answered 200")


def _an_id_belongs_to_a_client(evidence: Evidence) -> None:
    """Nothing of one client's message is seen by another, although both use the same ids."""
    for heard in evidence.heard:
        if heard.client != heard.of.client or heard.of not in evidence.rows:
            raise PromiseBrokenError(
                f"an id belongs to a client: {heard.client} has heard of {heard.of}"
            )
    for key in evidence.forged:
        raise PromiseBrokenError(f"an id belongs to a client: a URL of another was taken for {key}")


def _is_kept_beside(told: Told, row: Message) -> bool:
    """Whether it is an error report about one try of a message that has, or had, others."""
    kept = row.contradicting_reports
    return REPORTED[told.status][1] is Status.FAILED and (
        (told.about.attempt, told.status) in {(r.attempt, r.status) for r in kept}
        or len(kept) >= ROOM_FOR_CONTRADICTIONS
    )


def _doubt_is_never_forgotten(evidence: Evidence) -> None:
    """No status says that a message was not sent, while a try of it may have been taken.

    That is so of every try whose answer was yes or unclear, until an error report is about it.
    """
    for request in evidence.requests:
        row = evidence.rows.get(request.key) if request.may_have_been_taken else None
        if row is None or row.status not in {Status.QUEUED, Status.FAILED, Status.CANCELLED}:
            continue
        known = (row.report, *row.contradicting_reports)
        failed = {r.attempt for r in known if r and r.status is ReportStatus.ERROR}
        resolved = request.attempt in failed
        _holds(resolved, "doubt is never forgotten", row, f"may be sent by try {request.attempt}")


def _nobody_is_texted_who_asked_not_to_be(evidence: Evidence) -> None:
    """No claim came after the entry: a message that was claimed may be at Voipit already."""
    for number, write in enumerate(evidence.writes):
        before, after = write.before, write.after
        was_claimed = before is not None and before.status is Status.SENDING
        if after.status is Status.SENDING and not was_claimed:
            for entry in evidence.suppressed:
                on_it = entry.begins <= number < entry.ends
                free = entry.phone_number != after.phone_number or not on_it
                _holds(free, "do-not-contact", after, "was claimed for somebody on the list")


def _one_click_is_one_message(evidence: Evidence) -> None:
    """If the last message to a number was an equal one, it came to nothing, or was long ago.

    That is said of messages without an id of their own.
    """
    last: dict[tuple[str, PhoneNumber], Message] = {}
    for row in evidence.rows.values():
        if not row.message_id.startswith(GIVEN):
            continue
        first = last.get((row.client, row.phone_number))
        last[row.client, row.phone_number] = row
        if first is None or not first.is_same_intent_as(row):
            continue
        if row.created_at - first.created_at < evidence.limits.double_click:
            over = first.status in {Status.FAILED, Status.CANCELLED}
            _holds(over, "one click", row, f"is {first.message_id} once more")


def _no_limit_is_exceeded(evidence: Evidence) -> None:
    """However a message came in: what counts are the claims whose try may have been taken."""
    limits = evidence.limits
    sent: dict[PhoneNumber, list[Message]] = defaultdict(list)
    for claimed in _sendings(evidence):
        sent[claimed.phone_number].append(claimed)
    for claims in sent.values():
        claims.sort(key=lambda row: row.updated_at)
        for earlier, row in zip(claims, claims[limits.recipient_hourly :], strict=False):
            apart = row.updated_at - earlier.updated_at >= HOUR
            _holds(apart, "limits", row, "is too much for its recipient's hour")
        for day, times in Counter(end_of_day(row.updated_at) for row in claims).items():
            enough = times <= limits.recipient_daily
            _holds(enough, "limits", claims[-1], f"is too much for its recipient's day ({day})")
    asked = [(end_of_day(row.created_at), row.client) for row in evidence.rows.values()]
    again = [(end_of_day(claim.updated_at), claim.client) for claim in _resends(evidence)]
    for (day, client), times in Counter(asked + again).items():
        if times > limits.client_daily:
            raise PromiseBrokenError(f"limits: {client} has {times} messages on {day}")


def _sendings(evidence: Evidence) -> list[Message]:
    """The claims, as they were written, whose try may have been taken."""
    taken = {(r.key, r.attempt) for r in evidence.requests if r.may_have_been_taken}
    return [claim for claim in _claims(evidence) if (claim.key, claim.attempt) in taken]


def _claims(evidence: Evidence) -> list[Message]:
    return [
        write.after
        for write in evidence.writes
        if write.after.status is Status.SENDING
        and (write.before is None or write.before.status is not Status.SENDING)
    ]


def _resends(evidence: Evidence) -> list[Message]:
    """The first claim of each second try."""
    first: dict[MessageKey, Message] = {}
    for write in evidence.writes:
        before = write.before
        if before is not None and before.status is Status.UNCONFIRMED:
            if write.after.status is Status.SENDING:
                first.setdefault(write.after.key, write.after)
            elif write.after.status is Status.QUEUED:
                first.pop(write.after.key, None)
    return list(first.values())


def _counted_is_what_is_stored(evidence: Evidence) -> None:
    """A message that was refused is not counted, one that was stored is, whoever died in between.

    Exact as long as no message is older than a count.
    """
    again = len(_resends(evidence))
    counts = sum(row.counted_at is not None for row in evidence.rows.values())
    expected = {
        "clients": len(evidence.rows) + again,
        "recipients": counts + again,
        "tokens": sum(row.from_page for row in evidence.rows.values()),
    }
    for name, counted in evidence.counted.items():
        if counted != expected[name]:
            raise PromiseBrokenError(
                f"limits: of {name} {counted} are counted, and there were {expected[name]}"
            )


def _few_mistakes(requests: Sequence[Request]) -> None:
    """At most so many invalid requests per outage and password.

    While the circuit cannot be written: of each process, which has to remember them. An outage
    ends when Voipit says yes. Not counted: those whose answer nobody could note, since the process
    died or a table was away just then, one ping five minutes later, and the pings hours apart.
    Those answered 403 are no invalid requests to Voipit (voipit-api.md §2); they have to stop all
    the same, and count for themselves.
    """
    for outage in _outages(requests):
        if len(outage) - _has_early_ping(outage) > MOST_INVALID:
            told = ", ".join(f"{r.at:%H:%M:%S} {r.answer.name}" for r in outage)
            raise PromiseBrokenError(f"our own mistakes: {len(outage)} invalid requests: {told}")


def _has_early_ping(outage: Sequence[Request]) -> bool:
    return any(r.is_ping and r.at - outage[0].at >= EARLY_PING for r in outage)


def _no_text_stops_all(requests: Sequence[Request]) -> None:
    """A message that is answered 403 while Voipit lets others in is not tried a fourth time.

    Counted is what came after a ping or another message was answered well; a ping that is refused
    as well, or a 403 that names our address (403.6), puts it all down to a block. A good answer is
    no evidence if the circuit could not be written: the next process cannot know of it.
    """
    counted: Counter[MessageKey] = Counter()
    answered: set[MessageKey] = set()
    for request in requests:
        if request.is_ping and request.is_blocked:
            counted.clear()
        elif request.answer is Answer.OK and not request.known_to:
            answered = set(counted)
        elif request.is_forbidden and not request.is_ping and not request.excused:
            if request.key in answered or not counted[request.key]:
                counted[request.key] += 1
            answered.discard(request.key)
            if counted[request.key] > MOST_FORBIDDEN:
                times = counted[request.key]
                raise PromiseBrokenError(
                    f"one text cannot stop all: {request.key.message_id} was answered 403"
                    f" {times} times ({request.key.client})"
                )


def _outages(requests: Sequence[Request]) -> list[list[Request]]:
    outages: list[list[Request]] = []
    current: dict[tuple[str, str, bool], list[Request]] = {}
    for request in requests:
        if request.is_invalid and not request.excused:
            known = request.password, request.known_to, request.is_blocked
            outage = current.get(known)
            if outage is None or request.at - outage[-1].at > PING_PAUSE:
                outage = current[known] = []
                outages.append(outage)
            outage.append(request)
        elif request.answer is Answer.OK:
            for known in [known for known in current if known[0] == request.password]:
                del current[known]
    return outages


def _event(row: Message) -> tuple[str, str]:
    """Source and id: together they tell one event from every other."""
    return f"{EVENT_SOURCE}/{row.client}", f"{row.message_id}:{row.version}"
