"""What happens to a message, step by step. Each step is one invocation, and may be the last."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sms_gateway.domain.message import OnUnconfirmed
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from tests.fakes.accounts import an_account
from tests.fakes.builders import NUMBER, OTHER_CLIENT, a_token
from tests.guarantees.crash_world import LIMITS, CrashWorld
from tests.guarantees.unreliable_voipit import Answer

RECORDING: Final = "dynamodb.UpdateItem"
OTHER_NUMBER: Final = PhoneNumber("+40721234568")


def sent(world: CrashWorld) -> None:
    world.post()
    world.report()
    world.publish()


def repeated_by_the_caller(world: CrashWorld) -> None:
    world.post()
    world.post()


def answer_lost(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.LOST_TAKEN)
    world.post()
    world.post()
    world.report()


def refused(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.REFUSED_400)
    world.post()
    world.publish()


def not_taken_then_dispatched(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.UNREACHABLE)
    world.post()
    world.wait(seconds=10)
    world.take_from_queue()
    world.report()


def not_taken_and_forgotten_by_the_queue(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.THROTTLED_429)
    with world.given():
        world.post()
    world.cloud.receive(world.cloud.dispatch)
    world.wait_until_due()
    world.watch()
    world.take_from_queue()


def scheduled(world: CrashWorld) -> None:
    world.post(send_at=world.clock() + timedelta(minutes=10))
    world.wait(minutes=11)
    world.take_from_queue()
    world.report()


def scheduled_for_tomorrow(world: CrashWorld) -> None:
    with world.given():
        world.post(send_at=world.clock() + timedelta(days=1))
    world.wait_until_due()
    world.watch()
    world.wait(seconds=61)
    world.take_from_queue()


def cancelled(world: CrashWorld) -> None:
    world.post(send_at=world.clock() + timedelta(minutes=10))
    world.cancel()
    world.wait(minutes=11)
    world.take_from_queue()


def too_late(world: CrashWorld) -> None:
    in_time = world.clock() + timedelta(minutes=10)
    world.post(send_at=in_time, valid_until=in_time + timedelta(seconds=30))
    world.wait(minutes=11)
    world.watch()
    world.take_from_queue()


def report_during_the_call(world: CrashWorld) -> None:
    world.voipit.during_call = world.report
    world.post()
    world.voipit.during_call = lambda: None


def contradicting_reports(world: CrashWorld) -> None:
    with world.given():
        world.post()
    world.report(ReportStatus.ERROR)
    world.report(ReportStatus.SENT)
    world.publish()


def report_while_the_table_is_away(world: CrashWorld) -> None:
    with world.given():
        world.post()
    world.cloud.away.add(RECORDING)
    world.report()
    world.cloud.away.clear()
    world.take_kept_reports()


def report_after_it_was_settled(world: CrashWorld) -> None:
    with world.given():
        world.post()
    world.wait_until_due()
    world.watch()
    world.report(ReportStatus.ERROR)


def outcome_not_recorded(world: CrashWorld) -> None:
    world.cloud.away.add(RECORDING)
    world.post()
    world.cloud.away.clear()
    world.wait(seconds=61)
    world.watch()
    world.wait_until_due()
    world.watch()


def unconfirmed_and_held(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.GARBAGE_TAKEN)
    with world.given():
        world.post()
    world.wait_until_due()
    world.watch()


def unconfirmed_and_sent_again(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.CUT_TAKEN)
    world.post(on_unconfirmed=OnUnconfirmed.RESEND)
    world.wait_until_due()
    world.watch()
    world.take_from_queue()
    world.report()


def many_events(world: CrashWorld) -> None:
    with world.given():
        for number in range(6):
            world.post(f"m-{number}", phone_number=PhoneNumber(f"+4072123450{number}"))
    world.publish()


def blocked(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.BLOCKED_403_6)
    with world.given():
        world.post()
    world.wait(minutes=2)
    world.watch()
    world.take_from_queue()


def credentials_rejected(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.UNAUTHORIZED_401)
    world.post()
    world.post("m-2")
    world.wait(minutes=61)
    world.watch()
    world.take_from_queue()


def path_not_found(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.NOT_FOUND_404)
    with world.given():
        world.post()
    world.wait(minutes=61)
    world.watch()


def block_that_leaves_wrong_credentials(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.BLOCKED_403_6)
    with world.given():
        world.post()
    world.voipit.passwords = {an_account("v2").password}
    world.wait(minutes=5)
    world.watch()
    world.wait(minutes=16)
    with world.given():
        world.watch()
    world.cloud.put_secret("v2")
    world.watch()
    world.take_from_queue()


def password_rotated(world: CrashWorld) -> None:
    with world.given():
        world.post("m-0")
    world.voipit.passwords = {an_account("v2").password}
    world.cloud.put_secret("v2")
    world.post()
    world.wait_until_due()
    world.watch()
    world.take_from_queue()


def clicked_twice(world: CrashWorld) -> None:
    world.post(None)
    world.post(None)
    world.wait(seconds=11)
    world.post(None)


def taken_back_and_asked_for_again(world: CrashWorld) -> None:
    later = world.clock() + timedelta(minutes=10)
    with world.given():
        world.post(None, send_at=later)
    world.cancel()
    world.post(None, send_at=later)


def over_the_limit(world: CrashWorld) -> None:
    with world.given():
        for number in range(LIMITS.recipient_hourly - 1):
            world.post(f"m-{number}")
    world.post("m-last")
    world.post("m-too-many")
    world.post("m-last")
    world.wait(minutes=60)
    world.post("m-too-many")


def suppressed_before(world: CrashWorld) -> None:
    world.suppress()
    world.post()
    world.unsuppress()
    world.post()


def suppressed_meanwhile(world: CrashWorld) -> None:
    with world.given():
        world.post(send_at=world.clock() + timedelta(minutes=10))
    world.suppress()
    world.wait(minutes=11)
    world.take_from_queue()
    world.publish()


def suppressed_between_two_tries(world: CrashWorld) -> None:
    world.voipit.next_answers.append(Answer.UNREACHABLE)
    world.post()
    world.suppress()
    world.wait(seconds=10)
    world.take_from_queue()


def batch_repeated_by_the_caller(world: CrashWorld) -> None:
    world.post_batch(NUMBER, OTHER_NUMBER, NUMBER)
    world.post_batch(NUMBER, OTHER_NUMBER, NUMBER)


def one_id_of_two_clients(world: CrashWorld) -> None:
    world.post()
    world.post(client=OTHER_CLIENT)
    world.report()
    world.post(client=OTHER_CLIENT)
    world.publish()


def a_page_that_is_reloaded(world: CrashWorld) -> None:
    """A token for one message: the same message again, with a renewed one too, and another one."""
    world.post(access=a_token())
    world.post(access=a_token())
    world.post(access=a_token(token_id="renewed"))
    world.post("m-2", access=a_token())
    world.publish()


Scenario = Callable[[CrashWorld], None]
SCENARIOS: Final[tuple[Scenario, ...]] = (
    sent,
    repeated_by_the_caller,
    answer_lost,
    refused,
    not_taken_then_dispatched,
    not_taken_and_forgotten_by_the_queue,
    scheduled,
    scheduled_for_tomorrow,
    cancelled,
    too_late,
    report_during_the_call,
    contradicting_reports,
    report_while_the_table_is_away,
    report_after_it_was_settled,
    outcome_not_recorded,
    unconfirmed_and_held,
    unconfirmed_and_sent_again,
    many_events,
    blocked,
    credentials_rejected,
    path_not_found,
    block_that_leaves_wrong_credentials,
    password_rotated,
    clicked_twice,
    taken_back_and_asked_for_again,
    over_the_limit,
    suppressed_before,
    suppressed_meanwhile,
    suppressed_between_two_tries,
    batch_repeated_by_the_caller,
    one_id_of_two_clients,
    a_page_that_is_reloaded,
)
