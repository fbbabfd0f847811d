"""Are the invariants awake? Each mutation takes away what keeps one promise; they must object."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sms_gateway.adapters.voipit import client
from sms_gateway.adapters.voipit.answers import judge_answer
from sms_gateway.domain import circuit
from sms_gateway.domain.callback_url import CallbackKey
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Limits, end_of_day
from sms_gateway.domain.message import Change, Message, OnUnconfirmed
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.outcome import Outcome, not_taken, unclear
from sms_gateway.domain.patience import ENDS, Step
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport, ReportStatus
from sms_gateway.domain.status import Reason, Status, Trigger
from sms_gateway.entrypoints.callback import Callback
from sms_gateway.use_cases import hand_over
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.own_circuit import OwnCircuit
from sms_gateway.use_cases.ports import Seen
from sms_gateway.use_cases.publish_changes import PublishChanges, RowChange
from sms_gateway.use_cases.watch import Run
from tests.fakes.accounts import an_account
from tests.fakes.builders import OTHER_CLIENT, key
from tests.fakes.circuits import FakeCircuits
from tests.fakes.intake import FakeIntake
from tests.fakes.lookout import FakeLookout
from tests.fakes.messages import InMemoryMessages
from tests.guarantees.invariants import PromiseBrokenError
from tests.guarantees.process import REPORT_DEADLINE, Process, a_request
from tests.guarantees.running_on import run_on
from tests.guarantees.test_state_machine import OTHER, RULES_OF_SEARCH, SmsGateway
from tests.guarantees.unreliable_voipit import Answer
from tests.guarantees.world import LIMITS, PROCESSES, Fault, Kind, World

Patch = pytest.MonkeyPatch


# what is taken away


def unconditional(patch: Patch, trigger: Trigger) -> None:
    ask = Message.may_take

    def may_take(message: Message, change: Change) -> bool:
        return change.trigger is trigger or ask(message, change)

    patch.setattr(Message, "may_take", may_take)


def the_condition_of_the_submitted_write(patch: Patch) -> None:
    unconditional(patch, Trigger.ACCEPTED)


def the_condition_of_the_claim(patch: Patch) -> None:
    unconditional(patch, Trigger.CLAIMED)


def the_condition_of_the_unused_claim(patch: Patch) -> None:
    unconditional(patch, Trigger.UNUSED)


def the_doubt_after_a_time_out(patch: Patch) -> None:
    def judge(*_: object) -> Outcome:
        return not_taken(Reason.NO_CONNECTION)

    patch.setattr(client, "_judge_failure", judge)


def the_write_before_the_acknowledgement(patch: Patch) -> None:
    def store(callback: Callback, key: MessageKey, report: DeliveryReport) -> None:
        try:
            callback.record_kept(key, report)
        except StoreUnavailableError:
            return  # acknowledged all the same

    patch.setattr(Callback, "_store", store)


def the_place_for_a_report_that_changes_nothing(patch: Patch) -> None:
    patch.setattr(InMemoryMessages, "note_contradiction", lambda *_: None)


def the_look_at_the_try_that_has_failed(patch: Patch) -> None:
    reported = Change.reported
    patch.setattr(Change, "reported", lambda report: replace(reported(report), only_open_try=None))


def the_care_for(status: Status) -> Callable[[Patch], None]:
    def mutate(patch: Patch) -> None:
        look_at = Run._look_at  # noqa: SLF001  what is to be taken away

        def forget(run: Run, row: Any) -> timedelta | None:
            is_forgotten = isinstance(row, Message) and row.status is status
            return None if is_forgotten else look_at(run, row)

        patch.setattr(Run, "_look_at", forget)

    return mutate


def the_status_line(patch: Patch) -> None:
    """An answer whose body cannot be read counts as no answer."""

    def unreadable_first(status: int, body: bytes | Reason, good: str) -> Outcome:
        return unclear(body) if isinstance(body, Reason) else judge_answer(status, body, good)

    patch.setattr(client, "judge_answer", unreadable_first)


def the_bound_of_a_text_that_is_forbidden(patch: Patch) -> None:
    patch.setattr(hand_over, "is_forbidden_for_good", lambda *_: False)


def the_circuit(patch: Patch) -> None:
    patch.setattr(Gate, "learn", lambda *_: None)


def the_memory_of_the_process(patch: Patch) -> None:
    patch.setattr(OwnCircuit, "remember", lambda *_: None)


def the_new_reason_of_an_open_circuit(patch: Patch) -> None:
    patch.setattr(FakeCircuits, "stay_open", lambda *_: None)


def the_longer_and_longer_pauses(patch: Patch) -> None:
    patch.setattr(circuit, "pause_before_ping", lambda *_: timedelta(minutes=5))


def the_word_to_those_who_remember_the_old_password(patch: Patch) -> None:
    patch.setattr(FakeCircuits, "doubt", lambda *_: None)


def the_look_at_the_do_not_contact_list(patch: Patch) -> None:
    patch.setattr(FakeIntake, "_check_suppression", lambda *_: None)


def the_look_before_the_message_is_sent(patch: Patch) -> None:
    look = FakeLookout.look

    def blind(lookout: FakeLookout, number: PhoneNumber) -> Seen:
        return replace(look(lookout, number), is_unlisted=True)

    patch.setattr(FakeLookout, "look", blind)


def the_eye_for_a_double_click(patch: Patch) -> None:
    patch.setattr(FakeIntake, "_check_twin", lambda *_: None)


def the_count_of_sendings(patch: Patch) -> None:
    patch.setattr(Limits, "room_for_recipient", lambda *_: None)


def the_count_at_the_claim(patch: Patch) -> None:
    with_sending = FakeIntake._with_sending  # noqa: SLF001  what is to be taken away

    def only_new_ones(intake: FakeIntake, message: Message, *args: Any) -> list[datetime]:
        if message.attempt or message.status is Status.SENDING:
            return with_sending(intake, message, *args)
        return intake.sent.get(message.phone_number, [])

    patch.setattr(FakeIntake, "_with_sending", only_new_ones)


def the_hour_before_midnight(patch: Patch) -> None:
    room = Limits.room_for_recipient

    def of_today(limits: Limits, sent: Sequence[datetime], now: datetime) -> datetime | None:
        return room(limits, [at for at in sent if end_of_day(at) == end_of_day(now)], now)

    patch.setattr(Limits, "room_for_recipient", of_today)


def the_count_of_a_resend(patch: Patch) -> None:
    patch.setattr(Message, "counts_once_more", property(lambda m: m.counted_at is None))


def the_doubt_about_the_first_try(patch: Patch) -> None:
    patch.setattr(Change, "not_at_voipit", lambda change, _: change)


def the_end_of_the_one_resend(patch: Patch) -> None:
    chosen = OnUnconfirmed.RESEND
    patch.setattr(Message, "wants_resend", property(lambda m: m.on_unconfirmed is chosen))


def the_doubt_of_a_message_that_ends(patch: Patch) -> None:
    for step, reason in ((Step.TOO_LATE, Reason.TOO_LATE), (Step.GIVE_UP, Reason.UNREACHABLE)):
        patch.setitem(ENDS, (Status.UNCONFIRMED, step), (Trigger.REPORTED_ERROR, reason))


class WithoutTheClient(dict[MessageKey, Message]):
    """Rows that are found by the id alone, whichever client's it is."""

    def get(self, key: MessageKey, default: Any = None) -> Any:
        return next((r for k, r in self.items() if k.message_id == key.message_id), default)


def the_client_in_the_tables_key(patch: Patch) -> None:
    begin = InMemoryMessages.__init__

    def __init__(messages: InMemoryMessages, *stored: Message, **how: Any) -> None:  # noqa: N807
        begin(messages, *stored, **how)
        messages._rows = WithoutTheClient(messages._rows)  # noqa: SLF001  what is to be taken away

    patch.setattr(InMemoryMessages, "__init__", __init__)


def the_client_in_the_callbacks_signature(patch: Patch) -> None:
    sign = CallbackKey.signature

    def signature(signing: CallbackKey, key: MessageKey, attempt: int) -> str:
        return sign(signing, replace(key, client="any"), attempt)

    patch.setattr(CallbackKey, "signature", signature)


def the_client_in_the_events_source(patch: Patch) -> None:
    tell = PublishChanges._event  # noqa: SLF001  what is to be taken away

    def event(publish: PublishChanges, change: RowChange) -> dict[str, object]:
        return tell(publish, change) | {"source": publish.source}

    patch.setattr(PublishChanges, "_event", event)


# what happens then


def report_during_the_call(world: World) -> None:
    world.voipit.during_call = lambda: world.run(
        1, world.report(world.voipit.requests[-1], ReportStatus.SENT)
    )
    world.run(0, world.send(a_request("a")))


def answer_lost(world: World) -> None:
    world.voipit.next_answers.append(Answer.LOST_TAKEN)
    world.run(0, world.send(a_request("a")))


def answer_lost_when_asked_for_the_second_time(world: World) -> None:
    """The first time the table was away; the queue is told of a claim that was never stored."""
    world.run(0, world.send(a_request("a")), Fault(Kind.AWAY, 3, before=True))
    world.voipit.next_answers.append(Answer.LOST_TAKEN)
    world.run(1, world.send(a_request("a")))


def report_while_the_table_is_away(world: World) -> None:
    world.run(0, world.send(a_request("a")))
    report = world.report(world.voipit.requests[-1], ReportStatus.ERROR)
    world.run(1, report, Fault(Kind.AWAY, 1, before=True))


def report_about_an_earlier_try(world: World) -> None:
    world.voipit.next_answers.append(Answer.THROTTLED_429)
    world.run(0, world.send(a_request("a")))
    world.clock.advance(60)
    world.run(0, world.dispatch(key("a")))
    world.run(1, world.report(world.voipit.requests[0], ReportStatus.ERROR))


def two_dispatches_at_once(world: World) -> None:
    world.voipit.next_answers.append(Answer.UNREACHABLE)
    world.run(0, world.send(a_request("a")))
    world.clock.advance(60)
    after_reading = Fault(Kind.MEANWHILE, 1, before=False)
    dispatch = world.dispatch(key("a"))
    world.run(0, dispatch, after_reading, lambda: world.run(1, dispatch))


def sent_without_report(world: World) -> None:
    world.run(0, world.send(a_request("a")))


def death_in_mid_call(world: World) -> None:
    in_mid_call = Fault(Kind.DEATH, 4, before=False)
    world.run(0, world.send(a_request("a")), in_mid_call)


def lost_by_the_queue(world: World) -> None:
    world.voipit.next_answers.append(Answer.THROTTLED_429)
    world.run(0, world.send(a_request("a")))
    world.queue.waiting.clear()


def three_messages_with_a_wrong_password(world: World) -> None:
    world.voipit.passwords = {"another"}
    for number in range(3):
        world.run(0, world.send(a_request(f"m{number}")))


def three_messages_and_refusals_that_are_cut(world: World) -> None:
    world.voipit.next_answers += [Answer.UNAUTHORIZED_401_CUT] * 3
    for number in range(3):
        world.run(0, world.send(a_request(f"m{number}")))
    world.voipit.next_answers.clear()


def a_text_that_is_forbidden(world: World) -> None:
    world.voipit.forbidden = {"a"}
    world.run(0, world.send(a_request("a")))


def a_circuit_that_cannot_be_written(world: World) -> None:
    world.circuits.is_read_only = True
    three_messages_with_a_wrong_password(world)


def block_that_leaves_a_wrong_password(world: World) -> None:
    world.voipit.next_answers.append(Answer.BLOCKED_403_6)
    world.run(0, world.send(a_request("a")))
    world.voipit.passwords = {"another"}
    for _ in range(60):
        world.clock.advance(60)
        world.run(0, Process.watch)


def a_wrong_password_for_a_day(world: World) -> None:
    world.voipit.passwords = {"another"}
    world.run(0, world.send(a_request("a")))
    for _ in range(24 * 60):
        world.clock.advance(60)
        world.run(0, Process.watch)


def rotation_in_three_processes(world: World) -> None:
    for number in range(6):
        if number == PROCESSES:
            world.secret.version = "v2"
            world.voipit.passwords = {an_account("v2").password}
        world.run(number % PROCESSES, world.send(a_request(f"m{number}")))


def suppressed_while_it_waits(world: World) -> None:
    later = world.clock() + timedelta(minutes=5)
    world.run(0, world.send(a_request("d", OTHER, send_at=later)))
    world.run(1, world.suppress(OTHER))


def two_clicks(world: World) -> None:
    for process in range(2):
        world.run(process, world.send(a_request(None)))


def a_second_try_that_was_not_taken(world: World) -> None:
    world.voipit.next_answers += [Answer.CUT_TAKEN, Answer.THROTTLED_429]
    world.run(0, world.send(a_request("a", on_unconfirmed=OnUnconfirmed.RESEND)))
    world.clock.advance(REPORT_DEADLINE.total_seconds())
    world.run(0, Process.watch)
    world.take_from_queue(1)


def every_try_is_unclear(world: World) -> None:
    world.voipit.always = Answer.GARBAGE_TAKEN
    world.run(0, world.send(a_request("a", on_unconfirmed=OnUnconfirmed.RESEND)))


def a_doubt_and_a_short_validity(world: World) -> None:
    world.voipit.next_answers.append(Answer.CUT_TAKEN)
    until = world.clock() + timedelta(minutes=2)
    world.run(0, world.send(a_request("a", valid_until=until, on_unconfirmed=OnUnconfirmed.RESEND)))


def scheduled_for_the_same_moment(world: World) -> None:
    later = world.clock() + timedelta(minutes=40)
    for number in range(LIMITS.recipient_hourly + 1):
        world.run(0, world.send(a_request(f"m{number}", send_at=later)))


def around_midnight(world: World) -> None:
    midnight = end_of_day(world.clock())
    world.clock.advance((midnight - world.clock()).total_seconds() - 60)
    for number in range(LIMITS.recipient_hourly + 1):
        world.run(0, world.send(a_request(f"m{number}")))
        if number == LIMITS.recipient_hourly - 1:
            world.clock.advance(120)


def a_resend_and_as_many_as_a_day_may_have(world: World) -> None:
    world.clock.advance(3600)
    world.voipit.next_answers.append(Answer.CUT_TAKEN)
    world.run(0, world.send(a_request("a", on_unconfirmed=OnUnconfirmed.RESEND)))
    for number in range(LIMITS.recipient_daily - 1):
        if number % (LIMITS.recipient_hourly - 1) == 0:
            world.clock.advance(3600)
        world.run(0, world.send(a_request(f"m{number}")))
    world.clock.advance(3600)
    world.run(0, Process.watch)
    while world.queue.waiting and min(world.queued_for()) <= world.clock():
        world.take_from_queue(1)


def more_than_an_hour_may_have(world: World) -> None:
    for number in range(LIMITS.recipient_hourly + 1):
        world.run(0, world.send(a_request(f"m{number}")))


def one_id_of_two_clients(world: World) -> None:
    world.run(0, world.send(a_request("a")))
    world.run(1, world.send(a_request("a", client=OTHER_CLIENT)))


def a_report_for_one_of_two_clients_is_forged(world: World) -> None:
    one_id_of_two_clients(world)
    world.run(0, world.forge(world.voipit.requests[0], OTHER_CLIENT))


class SmsGatewayInGoodDays(SmsGateway):
    """Without the rules that stop all sending: a long story about one message gets to its end."""


for _rule in (
    SmsGateway.the_password_changes,
    SmsGateway.the_account_is_taken_out_of_the_secret,
    SmsGateway.a_firewall_dislikes_the_text,
    SmsGateway.aws_is_away,
    SmsGateway.post_to_one_process_that_cannot_write_the_circuit,
    SmsGateway.voipit_changes_its_ways,
    SmsGateway.somebody_asks_not_to_be_texted,
    SmsGateway.a_client_looks_for_more_than_its_own,
    SmsGateway.two_clicks,
    SmsGateway.publish,
):
    setattr(SmsGatewayInGoodDays, _rule.__name__, None)


@dataclass(frozen=True, slots=True)
class Mutation:
    take_away: Callable[[Patch], None]
    scenario: Callable[[World], None]
    objection: str
    """What the invariants say to the scenario."""
    search: type[SmsGateway] = SmsGateway
    """The state machine that finds it by itself."""


MUTATIONS: Final = {
    "the condition of the submitted write": Mutation(
        the_condition_of_the_submitted_write, report_during_the_call, "a report outranks everything"
    ),
    "the doubt after a time-out": Mutation(
        the_doubt_after_a_time_out, answer_lost, "doubt is never forgotten: a may be sent by try 1"
    ),
    "the write before the acknowledgement": Mutation(
        the_write_before_the_acknowledgement,
        report_while_the_table_is_away,
        "acknowledged means stored: a lost a report",
    ),
    "the place for a report that changes nothing": Mutation(
        the_place_for_a_report_that_changes_nothing,
        report_about_an_earlier_try,
        "acknowledged means stored: a lost a report",
    ),
    "the look at the try that has failed": Mutation(
        the_look_at_the_try_that_has_failed,
        report_about_an_earlier_try,
        "doubt is never forgotten: a may be sent by try 2",
    ),
    "watch's care for submitted": Mutation(
        the_care_for(Status.SUBMITTED), sent_without_report, "nothing is forgotten: unsettled"
    ),
    "watch's care for sending": Mutation(
        the_care_for(Status.SENDING), death_in_mid_call, "nothing is forgotten: unsettled"
    ),
    "watch's care for unconfirmed": Mutation(
        the_care_for(Status.UNCONFIRMED), answer_lost, "nothing is forgotten: unsettled"
    ),
    "watch's care for queued": Mutation(
        the_care_for(Status.QUEUED), lost_by_the_queue, "nothing is forgotten: unsettled"
    ),
    "the condition of the claim": Mutation(
        the_condition_of_the_claim,
        two_dispatches_at_once,
        "at most one acceptance: a, attempt 2, went out 2 times",
    ),
    "the condition of the unused claim": Mutation(
        the_condition_of_the_unused_claim,
        answer_lost_when_asked_for_the_second_time,
        "at most one acceptance: a went out 2 times",
        SmsGatewayInGoodDays,
    ),
    "the circuit": Mutation(
        the_circuit, three_messages_with_a_wrong_password, "our own mistakes: 3 invalid requests"
    ),
    "the status line": Mutation(
        the_status_line,
        three_messages_and_refusals_that_are_cut,
        "our own mistakes: 3 invalid requests",
    ),
    "the bound of a text that is forbidden": Mutation(
        the_bound_of_a_text_that_is_forbidden,
        a_text_that_is_forbidden,
        "one text cannot stop all: a was answered 403 4 times",
    ),
    "the memory of the process": Mutation(
        the_memory_of_the_process,
        a_circuit_that_cannot_be_written,
        "our own mistakes: 3 invalid requests",
    ),
    "the new reason of an open circuit": Mutation(
        the_new_reason_of_an_open_circuit,
        block_that_leaves_a_wrong_password,
        r"our own mistakes: \d+ invalid requests",
    ),
    "the longer and longer pauses": Mutation(
        the_longer_and_longer_pauses,
        a_wrong_password_for_a_day,
        r"our own mistakes: \d+ invalid requests",
    ),
    "the word to those who remember": Mutation(
        the_word_to_those_who_remember_the_old_password,
        rotation_in_three_processes,
        "our own mistakes: 3 invalid requests",
    ),
    "the look at the do-not-contact list": Mutation(
        the_look_at_the_do_not_contact_list, suppressed_while_it_waits, "do-not-contact: d was"
    ),
    "the look before a message is sent": Mutation(
        the_look_before_the_message_is_sent, suppressed_while_it_waits, "do-not-contact: d was"
    ),
    "the eye for a double click": Mutation(
        the_eye_for_a_double_click, two_clicks, "one click: id-. is id-. once more"
    ),
    "the count of sendings": Mutation(
        the_count_of_sendings, more_than_an_hour_may_have, "limits: m. is too much"
    ),
    "the count at the claim": Mutation(
        the_count_at_the_claim, scheduled_for_the_same_moment, "limits: m. is too much"
    ),
    "the hour before midnight": Mutation(
        the_hour_before_midnight, around_midnight, "limits: m. is too much"
    ),
    "the count of a resend": Mutation(
        the_count_of_a_resend,
        a_resend_and_as_many_as_a_day_may_have,
        "limits: a is too much for its recipient's day",
        SmsGatewayInGoodDays,
    ),
    "the doubt about the first try": Mutation(
        the_doubt_about_the_first_try,
        a_second_try_that_was_not_taken,
        "doubt is never forgotten: a may be sent by try 1",
        SmsGatewayInGoodDays,
    ),
    "the end of the one resend": Mutation(
        the_end_of_the_one_resend,
        every_try_is_unclear,
        r"at most one acceptance: a went out \d+ times",
        SmsGatewayInGoodDays,
    ),
    "the doubt of a message that ends": Mutation(
        the_doubt_of_a_message_that_ends,
        a_doubt_and_a_short_validity,
        "doubt is never forgotten: a may be sent by try 1",
    ),
    "the client in the table's key": Mutation(
        the_client_in_the_tables_key, one_id_of_two_clients, "an id belongs to a client: crm has"
    ),
    "the client in the callback's signature": Mutation(
        the_client_in_the_callbacks_signature,
        a_report_for_one_of_two_clients_is_forged,
        "an id belongs to a client: a URL of another was taken",
    ),
    "the client in the event's source": Mutation(
        the_client_in_the_events_source, one_id_of_two_clients, "were published, never written"
    ),
}
each_mutation = pytest.mark.parametrize(
    "mutation", [pytest.param(m, id=name) for name, m in MUTATIONS.items()]
)


@each_mutation
def test_without_this_the_invariants_object(
    monkeypatch: pytest.MonkeyPatch, mutation: Mutation
) -> None:
    mutation.take_away(monkeypatch)
    world = World()

    mutation.scenario(world)

    with pytest.raises(PromiseBrokenError, match=mutation.objection):
        run_on(world)


@each_mutation
def test_with_it_they_have_nothing_to_say(mutation: Mutation) -> None:
    world = World()

    mutation.scenario(world)

    run_on(world)


@each_mutation
def test_the_state_machine_finds_that_out_by_itself(
    monkeypatch: pytest.MonkeyPatch, mutation: Mutation
) -> None:
    mutation.take_away(monkeypatch)

    with pytest.raises(PromiseBrokenError):
        run_state_machine_as_test(
            mutation.search, settings=settings(RULES_OF_SEARCH, phases=[Phase.generate])
        )
