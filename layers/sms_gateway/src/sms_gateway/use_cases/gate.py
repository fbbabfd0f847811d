"""The gate in front of Voipit: may anything be sent now, and what did the answer teach us?"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sms_gateway.domain.account import Account
from sms_gateway.domain.circuit import OPENS, PING_LEASE, Circuit, OpenReason
from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import LEASE
from sms_gateway.domain.errors import (
    AccountMissingError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.status import Reason, Trigger
from sms_gateway.domain.token_bucket import TokenBucket
from sms_gateway.use_cases.own_circuit import OwnCircuit
from sms_gateway.use_cases.ports import Accounts, Circuits, Provider


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to call Voipit with this account. `probing`: it has never been answered before.

    `answered_at` and `blocked_at` are when Voipit answered well, and answered a ping with 403, as
    far as the circuit knew then.
    """

    account: Account
    probing: bool
    answered_at: datetime | None = field(default=None, compare=False)
    blocked_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing may be sent now, and why."""

    reason: Reason


_UNPROVEN: Final = Refusal(Reason.ACCOUNT_UNPROVEN)
_ANSWERED = {Trigger.ACCEPTED, Trigger.REFUSED}

READS_AT_ONCE: Final = 5
"""How many times in a row a process reads the secret anew because its account is not proven."""
SECONDS_PER_READ: Final = 10.0
"""After those: once in so many seconds. A process that must not read the secret must not try the
account either: with an old password that would be an invalid request."""


def _reads() -> TokenBucket:
    return TokenBucket(READS_AT_ONCE, SECONDS_PER_READ)


@dataclass(frozen=True, slots=True)
class Gate:
    """Keeps our own mistakes from getting the IP blacklisted (promise 6).

    `own`: what this process has learnt and could not write; `reads`: how often it may still read
    the secret of an account that is not proven. One of each for each process.
    """

    circuits: Circuits
    accounts: Accounts
    provider: Provider
    now: Clock
    own: OwnCircuit = field(default_factory=OwnCircuit)
    reads: TokenBucket = field(default_factory=_reads)

    def admit(self, circuit: Circuit) -> Pass | Refusal:
        """Ask before every call, with the circuit as it stands now. It is read by `Lookout`.

        Raises `StoreUnavailableError`.
        """
        own = self.own.beside(circuit)
        if circuit.is_open:
            is_missing = circuit.reason is OpenReason.ACCOUNT_MISSING
            return Refusal(Reason.ACCOUNT_MISSING if is_missing else Reason.CIRCUIT_OPEN)
        is_to_be_written = self.own.take_write(self.now())
        try:
            account = self._account()
            is_proven = account.version == circuit.proven
            if not (is_proven or is_to_be_written or self._may_read(circuit)):
                return _UNPROVEN
            if is_to_be_written or not is_proven:
                account = self.accounts.refreshed()
        except SecretUnavailableError as error:
            return self._without_account(circuit, error)
        if own is not None:
            if is_to_be_written:
                self._write(own, account.version)
            if own.refuses(account.version) and not self._is_answered(account):
                return Refusal(Reason.CIRCUIT_OPEN)
        leave = Pass(
            account, account.version != circuit.proven, circuit.proven_at, circuit.blocked_at
        )
        if not leave.probing:
            return leave
        now = self.now()
        return leave if self.circuits.take_probe(now, now + LEASE) else _UNPROVEN

    def _may_read(self, circuit: Circuit) -> bool:
        """Whether the secret may be read anew, because the remembered one is not proven.

        No need to while none is proven and another process tries: there is nothing to learn then.
        """
        now = self.now()
        if circuit.proven is None and circuit.is_being_tried(now):
            return False
        return self.reads.take(now.timestamp())

    def _account(self) -> Account:
        """The account, remembered or not. That there is none is never believed from memory."""
        with suppress(AccountMissingError):
            return self.accounts.current()
        return self.accounts.refreshed()

    def _without_account(self, circuit: Circuit, error: SecretUnavailableError) -> Refusal:
        if not isinstance(error, AccountMissingError):
            return Refusal(Reason.SECRET_UNAVAILABLE)
        with suppress(StoreUnavailableError):
            self.circuits.miss(circuit, self.now())
        return Refusal(Reason.ACCOUNT_MISSING)

    def give_back(self, leave: Pass) -> None:
        """The leave was not used: another process may try the account. Never raises."""
        if leave.probing:
            with suppress(StoreUnavailableError):
                self.circuits.release_probe()

    def learn(self, leave: Pass, outcome: Outcome) -> None:
        """Tell what came of a call. Never raises.

        An invalid request that cannot be written is remembered by this process, which then
        refuses the account by itself. Anything else would be found out by the next call again.
        """
        opens = OPENS.get(outcome.reason) if outcome.reason else None
        if opens is not None:
            tried = leave.account.version
            # The next call uses a corrected secret, here and wherever the old one is remembered.
            now_current = self._current(tried) if opens is OpenReason.CREDENTIALS else tried
            self._write(Circuit.opened(opens, tried, self.now()), now_current)
            if now_current == tried:
                return
        with suppress(StoreUnavailableError):
            if leave.probing and outcome.trigger in _ANSWERED:
                self.circuits.prove(leave.account.version, self.now())
            elif leave.probing:
                self.circuits.release_probe()

    def _current(self, version: str) -> str:
        """The account's version by now: the secret is fetched once more after a 401."""
        try:
            return self.accounts.refreshed().version
        except SecretUnavailableError:
            return version

    def _write(self, learnt: Circuit, current: str) -> None:
        """Stop all sending; or only that with a secret that is not the current one any more.

        This process remembers it if it cannot be written.
        """
        try:
            match learnt:
                case Circuit(reason=OpenReason.CREDENTIALS, failed=str(failed)) if (
                    failed != current
                ):
                    self.circuits.doubt(failed)
                case Circuit(
                    reason=OpenReason() as reason,
                    failed=str(failed),
                    since=datetime() as since,
                    next_ping_at=datetime() as next_ping_at,
                ):
                    self.circuits.open(reason, failed, since, next_ping_at)
        except StoreUnavailableError:
            self.own.remember(learnt, self.now())
        else:
            self.own.forget()

    def _is_answered(self, account: Account) -> bool:
        """Ping if this process itself remembers an open circuit and it is time."""
        own = self.own.take_ping(account.version, self.now())
        if own is None:
            return False
        outcome = self.provider.ping(account)
        if outcome.trigger is Trigger.ACCEPTED:
            self.own.forget()
            return True
        self.own.remember(self._after_ping(own, account, outcome), self.now())
        return False

    def _after_ping(self, circuit: Circuit, account: Account, outcome: Outcome) -> Circuit:
        found = OPENS.get(outcome.reason) if outcome.reason else None
        return circuit.after_ping(found, account.version, self.now())

    def look_after(self) -> bool:
        """Ping Voipit if the circuit is open and it is time; returns whether it is closed.

        Of several who look after it at once, one pings. Raises `StoreUnavailableError` if the
        circuit cannot be read; if it cannot be written it is not closed, and the next run goes on.
        """
        stored = self.circuits.get()
        if stored.reason in {None, OpenReason.ACCOUNT_MISSING}:
            return self._look_for_account(stored)
        own = self.own.beside(stored)
        try:
            account = self.accounts.refreshed()
        except AccountMissingError:
            # A block is waited for with pings, and no new account ends it.
            if stored.reason is not OpenReason.IP_BLOCKED:
                with suppress(StoreUnavailableError):
                    self.circuits.miss(stored, self.now())
            return False
        except SecretUnavailableError:
            return False
        now = self.now()
        circuit = own or stored
        if not circuit.wants_ping(account.version, now):
            if own is not None:
                self._stay_open(stored, own)
            return False
        with suppress(StoreUnavailableError):
            if self.circuits.take_ping(stored, now, now + PING_LEASE):
                return self._ping(stored, replace(circuit, ping_until=now + PING_LEASE), account)
        return False

    def _look_for_account(self, stored: Circuit) -> bool:
        """Whether anything may be sent, as far as the secret tells.

        `watch` alone looks while the account is missing; and while nothing was ever sent with it,
        so that an empty secret shows before there is a message.
        """
        if stored.proven is not None and not stored.is_open:
            return True
        with suppress(StoreUnavailableError):
            try:
                # One look a run while it is missing, and never at what is remembered.
                _ = self.accounts.refreshed() if stored.is_open else self._account()
            except AccountMissingError:
                if not stored.is_open:
                    self.circuits.miss(stored, self.now())
                return False
            except SecretUnavailableError:
                return not stored.is_open
            self.circuits.find(stored)
            return True
        return False

    def _ping(self, stored: Circuit, circuit: Circuit, account: Account) -> bool:
        """Whether Voipit has answered. Raises `StoreUnavailableError` if that cannot be written."""
        outcome = self.provider.ping(account)
        if outcome.trigger is Trigger.ACCEPTED:
            self.circuits.close(stored, account.version, self.now())
            return True
        self._stay_open(stored, self._after_ping(circuit, account, outcome))
        return False

    def _stay_open(self, stored: Circuit, after_ping: Circuit) -> None:
        """Write when to ping next; this process goes by it although it cannot be written."""
        try:
            self.circuits.stay_open(stored, after_ping)
        except StoreUnavailableError:
            self.own.remember(after_ping, self.now())
        else:
            self.own.forget()
