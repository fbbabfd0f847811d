"""Anything in any order; after every step the promises hold, and in the end all is settled."""

from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.patience import MOST_FORBIDDEN
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import FINAL, Status
from tests.fakes.accounts import an_account
from tests.fakes.builders import CLIENT, NUMBER, OTHER_CLIENT, key
from tests.guarantees.invariants import PromiseBrokenError, check
from tests.guarantees.process import REPORT_DEADLINE, Process, a_request
from tests.guarantees.running_on import run_on
from tests.guarantees.unreliable_voipit import Answer
from tests.guarantees.world import LIMITS, PROCESSES, Action, Fault, Kind, World

KEYS: Final = (*map(key, "abcde"), key("a", OTHER_CLIENT), key("d", OTHER_CLIENT))
"""Two clients: the other one has ids of its own, which are the same."""
OTHER: Final = PhoneNumber("+40721234568")
"""Whoever gets the messages `d` and `e` comes and goes on the do-not-contact list."""
MANY: Final = 9


def recipient(i: MessageKey) -> PhoneNumber:
    return OTHER if i.message_id in {"d", "e"} else NUMBER


def faults(*kinds: Kind) -> st.SearchStrategy[Fault]:
    return st.builds(Fault, st.sampled_from(kinds), st.integers(1, 7), st.booleans())


who = st.integers(0, PROCESSES - 1)
a_key = st.sampled_from(KEYS)
fault = st.none() | faults(Kind.AWAY, Kind.DEATH)
"""Half of the time everything goes well: otherwise nothing would ever get far."""
fault_or_somebody = st.none() | faults(Kind.AWAY, Kind.DEATH) | faults(Kind.MEANWHILE)
answer = st.just(Answer.OK) | st.sampled_from(Answer)
unclear = st.sampled_from(
    [Answer.LOST_TAKEN, Answer.CUT_TAKEN, Answer.ERROR_500_TAKEN, Answer.GARBAGE_TAKEN, Answer.CUT]
)
validity = st.sampled_from([None, timedelta(minutes=2), timedelta(minutes=90)])
delay = st.sampled_from([None, None, timedelta(seconds=20), timedelta(minutes=40)])
pause = st.sampled_from([1, 5, 31, 61, 91, 300, 3601, 6 * 3600])
meanwhile = st.sampled_from(["dispatch", "watch", "cancel", "report", "again", "late"])
during = st.none() | st.sampled_from(ReportStatus)
"""Voipit's report comes before its answer."""


class SmsGateway(RuleBasedStateMachine):
    """Three processes, some messages, and a world that means no good."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.versions = 1
        self.posted = 0
        self.broken = False

    @rule(
        i=a_key,
        resend=st.booleans(),
        delay=delay,
        validity=validity,
        who=who,
        answer=answer,
        during=during,
        fault=fault_or_somebody,
        other=meanwhile,
    )
    def post(self, i: MessageKey, *, resend: bool, delay: Any, validity: Any, **how: Any) -> None:
        """A new message; or a replay if the id is taken, with whatever content comes along."""
        send_at = self.world.clock() + delay if delay else None
        request = a_request(
            i.message_id,
            recipient(i),
            i.client,
            send_at=send_at,
            valid_until=(send_at or self.world.clock()) + validity if validity else None,
            on_unconfirmed=OnUnconfirmed.RESEND if resend else OnUnconfirmed.HOLD,
        )
        self._run(self.world.send(request), i, **how)

    @precondition(lambda self: len(self.world.acknowledged) <= MANY)
    @rule(answer=answer)
    def post_to_each_process(self, answer: Answer) -> None:
        """Many callers at once: every process gets a new message."""
        for process in range(PROCESSES):
            self.posted += 1
            self.world.voipit.next_answers.append(answer)
            self.world.run(process, self.world.send(a_request(f"m{self.posted}")))
        self.world.voipit.next_answers.clear()

    @rule(i=a_key, who=who, answer=answer, position=st.integers(1, 7), before=st.booleans())
    def post_once_more_after_an_error(
        self, i: MessageKey, who: int, answer: Answer, position: int, *, before: bool
    ) -> None:
        """The table was away for a moment, and the caller repeats its request at once."""
        action = self.world.send(a_request(i.message_id, recipient(i), i.client))
        self.world.voipit.next_answers.append(answer)
        self.world.run(who, action, Fault(Kind.AWAY, position, before))
        self.world.run((who + 1) % PROCESSES, action)
        self.world.voipit.next_answers.clear()

    @precondition(lambda self: any(row.resent for row in self.world.messages.rows.values()))
    @rule(who=who)
    def post_until_the_recipients_day_is_full(self, who: int) -> None:
        """After a second try, which counts as one more."""
        for number in range(LIMITS.recipient_daily):
            if number % LIMITS.recipient_hourly == 0:
                self.world.clock.advance(3600)
            self.posted += 1
            self.world.run(who, self.world.send(a_request(f"m{self.posted}")))

    @precondition(lambda self: len(self.world.acknowledged) <= MANY)
    @rule(who=who, answer=answer)
    def post_to_one_process_that_cannot_write_the_circuit(self, who: int, answer: Answer) -> None:
        """From now on none can, so each has to remember what it has learnt."""
        self.world.circuits.is_read_only = True
        for _ in range(3):
            self.posted += 1
            self.world.voipit.next_answers.append(answer)
            self.world.run(who, self.world.send(a_request(f"m{self.posted}")))
            self.world.voipit.next_answers.clear()

    @precondition(lambda self: len(self.world.acknowledged) <= MANY)
    @rule(
        delay=delay,
        pause=st.none() | st.sampled_from([0, 9, 10]),
        cancelled=st.booleans(),
        answer=answer,
        position=st.integers(1, 6),
        before=st.booleans(),
    )
    def two_clicks(  # noqa: PLR0913  what a rule draws, all by name
        self,
        *,
        delay: Any,
        pause: int | None,
        cancelled: bool,
        answer: Answer,
        position: int,
        before: bool,
    ) -> None:
        """The same request twice without an id: one in the middle of the other, or after it."""
        send_at = self.world.clock() + delay if delay else None
        click = self.world.send(a_request(None, send_at=send_at))
        self.world.voipit.next_answers.append(answer)
        if pause is None:
            in_the_middle = Fault(Kind.MEANWHILE, position, before)
            self.world.run(0, click, in_the_middle, lambda: self.world.run(1, click))
        else:
            self.world.run(0, click)
            if cancelled and self.world.messages.rows:
                self.world.run(1, self.world.cancel(list(self.world.messages.rows)[-1]))
            self.world.clock.advance(pause)
            self.world.run(1, click)
        self.world.voipit.next_answers.clear()

    @rule(who=who, on_the_list=st.booleans(), fault=fault)
    def somebody_asks_not_to_be_texted(
        self, who: int, fault: Fault | None, *, on_the_list: bool
    ) -> None:
        """Or has changed their mind."""
        world = self.world
        change = world.suppress(OTHER) if on_the_list else world.unsuppress(OTHER)
        world.run(who, change, fault)

    @precondition(lambda self: self.world.acknowledged)
    @rule(i=a_key, who=who, answer=answer, during=during, fault=fault_or_somebody, other=meanwhile)
    def post_again(self, i: MessageKey, **how: Any) -> None:
        """The caller repeats its request."""
        self._run(self._again(i), i, **how)

    @precondition(lambda self: self.world.messages.rows)
    @rule(
        n=st.integers(0, 5),
        who=who,
        answer=answer,
        during=during,
        fault=fault_or_somebody,
        other=meanwhile,
    )
    def a_stray_queue_message(self, n: int, **how: Any) -> None:
        """A duplicate, one that comes early, one that comes much too late."""
        keys = self._queued() or list(KEYS)
        i = keys[n % len(keys)]
        self._run(self.world.dispatch(i), i, **how)

    @precondition(lambda self: self._queued())
    @rule(n=st.integers(0, 5), answer=answer, position=st.integers(1, 6), before=st.booleans())
    def two_dispatches_at_once(
        self, n: int, answer: Answer, position: int, *, before: bool
    ) -> None:
        """One overtakes the other, somewhere on the way."""
        i = self._queued()[n % len(self._queued())]
        send_at = self.world.messages.rows[i].send_at or self.world.clock()
        self.world.clock.advance(max(0.0, (send_at - self.world.clock()).total_seconds()))
        self.world.voipit.next_answers.append(answer)
        dispatch = self.world.dispatch(i)
        overtaken = Fault(Kind.MEANWHILE, position, before)
        self.world.run(0, dispatch, overtaken, lambda: self.world.run(1, dispatch))
        self.world.voipit.next_answers.clear()

    @precondition(lambda self: self.world.queue.waiting)
    @rule(who=who, answer=answer, fault=fault)
    def the_queue_delivers(self, who: int, answer: Answer, fault: Fault | None) -> None:
        first = min(w.at for w in self.world.queue.waiting)
        self.world.clock.advance(max(0.0, (first - self.world.clock()).total_seconds()))
        self.world.voipit.next_answers.append(answer)
        self.world.take_from_queue(who, fault)
        self.world.voipit.next_answers.clear()

    @precondition(lambda self: len(self.world.acknowledged) <= MANY)
    @rule(who=who, answer=unclear)
    def post_what_may_be_sent_twice(self, who: int, answer: Answer) -> None:
        """And the first try leaves a doubt."""
        self.posted += 1
        self.world.voipit.next_answers.append(answer)
        request = a_request(f"m{self.posted}", on_unconfirmed=OnUnconfirmed.RESEND)
        self.world.run(who, self.world.send(request))
        self.world.voipit.next_answers.clear()

    @precondition(lambda self: self._in_doubt())
    @rule(n=st.integers(0, 5), who=who, answer=unclear | answer, during=during, fault=fault)
    def the_second_try(
        self, n: int, who: int, answer: Answer, during: ReportStatus | None, fault: Fault | None
    ) -> None:
        """The report about the first one is overdue, and the caller has chosen to resend."""
        world = self.world
        row = self._in_doubt()[n % len(self._in_doubt())]
        overdue = row.doubted_at + REPORT_DEADLINE - world.clock()
        world.clock.advance(max(0.0, overdue.total_seconds()))
        world.run(who, Process.watch)
        how: dict[str, Any] = {"answer": answer, "during": during, "fault": fault, "other": "late"}
        self._run(world.dispatch(row.key), row.key, who=who, **how)

    @precondition(lambda self: self.world.queue.waiting)
    @rule()
    def the_queue_loses_all(self) -> None:
        self.world.queue.waiting.clear()

    @rule(who=who, answer=answer, during=during, fault=fault_or_somebody, other=meanwhile)
    def watch(self, **how: Any) -> None:
        self._run(Process.watch, KEYS[0], **how)

    @precondition(lambda self: len(self.world.acknowledged) <= MANY)
    @rule(who=who, answer=answer)
    def the_first_try_is_not_taken(self, who: int, answer: Answer) -> None:
        """And the second one comes at once: reports may be about either."""
        self.posted += 1
        of = key(f"m{self.posted}")
        self.world.voipit.next_answers.extend([Answer.THROTTLED_429, answer])
        self.world.run(who, self.world.send(a_request(of.message_id)))
        self.world.clock.advance(61)
        self.world.run(who, self.world.dispatch(of))
        self.world.voipit.next_answers.clear()

    @precondition(lambda self: self._reportable())
    @rule(n=st.integers(0, 9), status=st.sampled_from(ReportStatus), who=who, fault=fault)
    def voipit_reports(self, n: int, status: ReportStatus, who: int, fault: Fault | None) -> None:
        """Once, twice, late, contradicting: whichever request it is about."""
        known = self._reportable()
        self.world.run(who, self.world.report(known[n % len(known)], status), fault)

    @precondition(lambda self: self._of_earlier_tries())
    @rule(n=st.integers(0, 5), status=st.sampled_from(ReportStatus), who=who, fault=fault)
    def voipit_reports_an_earlier_try(
        self, n: int, status: ReportStatus, who: int, fault: Fault | None
    ) -> None:
        """While the next one waits for its own report."""
        known = self._of_earlier_tries()
        self.world.run(who, self.world.report(known[n % len(known)], status), fault)

    @precondition(lambda self: self.world.fallback.kept)
    @rule(who=who, fault=fault)
    def a_kept_report_is_read(self, who: int, fault: Fault | None) -> None:
        self.world.take_kept_report(who, fault)

    @precondition(lambda self: self.world.messages.rows)
    @rule(i=a_key, who=who, answer=answer, during=during, fault=fault_or_somebody, other=meanwhile)
    def cancel(self, i: MessageKey, **how: Any) -> None:
        self._run(self.world.cancel(i), i, **how)

    @precondition(lambda self: self._reportable())
    @rule(i=a_key, n=st.integers(0, 9), who=who)
    def a_client_looks_for_more_than_its_own(self, i: MessageKey, n: int, who: int) -> None:
        """It reads and lists, and makes a URL of the other client's into one of its own."""
        world, known = self.world, self._reportable()
        world.run(who, world.look(i, recipient(i)))
        about = known[n % len(known)]
        other = OTHER_CLIENT if about.key.client == CLIENT else CLIENT
        world.run(who, world.forge(about, other))

    @rule(lost=st.none() | st.integers(0, 5))
    def publish(self, lost: int | None) -> None:
        self.world.publish(lost)

    @rule(seconds=pause)
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule(at_voipit=st.booleans(), in_secret=st.booleans())
    def the_password_changes(self, *, at_voipit: bool, in_secret: bool) -> None:
        """At Voipit, in the secret, in both; or what is in the secret starts to be right."""
        self.versions += at_voipit or in_secret
        if in_secret:
            self.world.secret.version = f"v{self.versions}"
            self.world.secret.is_empty = False
        if at_voipit:
            self.world.voipit.passwords = {an_account(f"v{self.versions}").password}
        if not at_voipit and not in_secret:
            self.world.voipit.passwords = {an_account(self.world.secret.version).password}

    @rule()
    def the_account_is_taken_out_of_the_secret(self) -> None:
        self.world.secret.is_empty = True

    @rule(always=st.none() | st.sampled_from(Answer))
    def voipit_changes_its_ways(self, always: Answer | None) -> None:
        self.world.voipit.always = always

    @rule(i=a_key)
    def a_firewall_dislikes_the_text(self, i: MessageKey) -> None:
        """Or has learnt better."""
        self.world.voipit.forbidden ^= {i.message_id}

    @rule(secret=st.booleans(), fallback=st.booleans(), circuit=st.booleans())
    def aws_is_away(self, *, secret: bool, fallback: bool, circuit: bool) -> None:
        """Secrets Manager, the fallback queue; or the circuit can be read and not written."""
        self.world.secret.available = secret
        self.world.fallback.available = fallback
        self.world.circuits.is_read_only = not circuit

    @invariant()
    def the_promises_hold(self) -> None:
        try:
            check(self.world.evidence)
        except PromiseBrokenError:
            self.broken = True
            raise

    def teardown(self) -> None:
        """The last act: the world runs on, and everything settles."""
        if not self.broken:
            run_on(self.world)

    def _run(  # noqa: PLR0913  what a rule draws, all by name
        self,
        action: Action,
        i: MessageKey,
        *,
        who: int,
        answer: Answer,
        during: ReportStatus | None,
        fault: Fault | None,
        other: str,
    ) -> None:
        voipit = self.world.voipit
        voipit.next_answers.append(answer)
        voipit.during_call = lambda: self._report_at_once(during, who)
        self.world.run(who, action, fault, lambda: self._meanwhile(other, i, who))
        voipit.next_answers.clear()
        voipit.during_call = lambda: None

    def _report_at_once(self, status: ReportStatus | None, who: int) -> None:
        about = self.world.voipit.requests[-1]
        if status is not None and about.is_known_to_voipit:
            self.world.run((who + 1) % PROCESSES, self.world.report(about, status))

    def _meanwhile(self, what: str, i: MessageKey, who: int) -> None:
        """What another process does while one of them is in the middle of something."""
        reportable = self._reportable()
        actions: dict[str, Action] = {
            "dispatch": self.world.dispatch(i),
            "watch": Process.watch,
            "cancel": self.world.cancel(i),
            "again": self._again(i),
        }
        if what in actions:
            self.world.run((who + 1) % PROCESSES, actions[what])
        elif what == "late":
            self.world.clock.advance(10)
        elif reportable:
            report = self.world.report(reportable[-1], ReportStatus.SENT)
            self.world.run((who + 1) % PROCESSES, report)

    def _again(self, i: MessageKey) -> Action:
        request = self.world.acknowledged.get(i)
        return self.world.send(request) if request else lambda _: None

    def _queued(self) -> list[MessageKey]:
        rows = self.world.messages.rows.values()
        return [row.key for row in rows if row.status is Status.QUEUED]

    def _in_doubt(self) -> list[Message]:
        rows = self.world.messages.rows.values()
        return [row for row in rows if row.status is Status.UNCONFIRMED and row.wants_resend]

    def _of_earlier_tries(self) -> list[Any]:
        rows = self.world.messages.rows
        return [
            about
            for about in self._reportable()
            if (row := rows.get(about.key)) is not None
            and row.status not in FINAL
            and row.attempt > about.attempt
        ]

    def _reportable(self) -> list[Any]:
        return [r for r in self.world.voipit.requests if r.is_known_to_voipit]


RULES_OF_SEARCH: Final = settings(
    max_examples=2000,
    stateful_step_count=30,
    derandomize=True,  # the same examples for everybody: what CI finds, anybody can run again
    database=None,  # follows from that: there is nothing to remember
    # `_silence` is the same for each example.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=False,
)

TestSmsGateway = pytest.mark.timeout(300)(SmsGateway.TestCase)
TestSmsGateway.settings = RULES_OF_SEARCH


def test_a_good_answer_that_one_process_alone_knows_is_no_evidence_against_a_text() -> None:
    """What the search has found on another machine: four times 403, no promise broken."""
    world = SmsGateway()
    world.post_to_one_process_that_cannot_write_the_circuit(who=0, answer=Answer.OK)
    world.a_firewall_dislikes_the_text(MessageKey("clinic", "c"))
    world.post_once_more_after_an_error(
        MessageKey("clinic", "c"), who=0, answer=Answer.OK, position=2, before=True
    )
    world.post_to_one_process_that_cannot_write_the_circuit(who=0, answer=Answer.OK)
    world.the_queue_delivers(who=0, answer=Answer.OK, fault=None)
    world.the_first_try_is_not_taken(who=0, answer=Answer.OK)
    world.post_to_one_process_that_cannot_write_the_circuit(who=0, answer=Answer.OK)

    world.teardown()

    asked = [r for r in world.world.voipit.requests if r.message_id == "c"]
    assert [r.is_forbidden for r in asked] == [True] * (MOST_FORBIDDEN + 1)
