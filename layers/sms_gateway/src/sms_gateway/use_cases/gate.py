"""The gate in front of Voipit: may anything be sent now, and what did the answer teach us?"""

from contextlib import suppress
from dataclasses import dataclass

from sms_gateway.domain.account import Account
from sms_gateway.domain.circuit import OPENS, PING_LEASE, OpenReason, pause_before_ping
from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import LEASE
from sms_gateway.domain.errors import SecretUnavailableError, StoreUnavailableError
from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.status import Reason, Trigger
from sms_gateway.use_cases.ports import Accounts, Circuits, Provider


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to call Voipit with this account. `probing`: it has never been answered before."""

    account: Account
    probing: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing may be sent now, and why."""

    reason: Reason


_ANSWERED = {Trigger.ACCEPTED, Trigger.REFUSED}


@dataclass(frozen=True, slots=True)
class Gate:
    """Keeps our own mistakes from getting the IP blacklisted (promise 6)."""

    circuits: Circuits
    accounts: Accounts
    provider: Provider
    now: Clock

    def admit(self) -> Pass | Refusal:
        """Ask before every call. Raises `StoreUnavailableError`."""
        circuit = self.circuits.get()
        if circuit.is_open:
            return Refusal(Reason.CIRCUIT_OPEN)
        try:
            account = self.accounts.current()
            if account.version != circuit.proven:
                account = self.accounts.refreshed()
        except SecretUnavailableError:
            return Refusal(Reason.SECRET_UNAVAILABLE)
        if account.version == circuit.proven:
            return Pass(account, probing=False)
        now = self.now()
        if self.circuits.take_probe(now, now + LEASE):
            return Pass(account, probing=True)
        return Refusal(Reason.ACCOUNT_UNPROVEN)

    def give_back(self, leave: Pass) -> None:
        """The leave was not used: somebody else may try the account. Never raises."""
        if leave.probing:
            with suppress(StoreUnavailableError):
                self.circuits.release_probe()

    def learn(self, leave: Pass, outcome: Outcome) -> None:
        """Tell what came of a call. Never raises: the next call would find out again."""
        with suppress(StoreUnavailableError):
            self._learn(leave, outcome)

    def _learn(self, leave: Pass, outcome: Outcome) -> None:
        opens = OPENS.get(outcome.reason) if outcome.reason else None
        if opens is OpenReason.CREDENTIALS and self._was_mended(leave.account):
            # The next call uses the new secret, here and wherever the old one is remembered.
            self.circuits.doubt(leave.account.version)
            opens = None
        if opens:
            now = self.now()
            next_ping_at = now + pause_before_ping(opens, 0)
            self.circuits.open(opens, leave.account.version, now, next_ping_at)
        elif leave.probing and outcome.trigger in _ANSWERED:
            self.circuits.prove(leave.account.version)
        elif leave.probing:
            self.circuits.release_probe()

    def _was_mended(self, account: Account) -> bool:
        """Whether the secret is another one by now: it is fetched once more after a 401."""
        try:
            return self.accounts.refreshed().version != account.version
        except SecretUnavailableError:
            return False

    def look_after(self) -> bool:
        """Ping Voipit if the circuit is open and it is time; returns whether it is closed.

        Of several who look after it at once, one pings. Raises `StoreUnavailableError`.
        """
        circuit = self.circuits.get()
        if circuit.reason is None:
            return True
        try:
            account = self.accounts.refreshed()
        except SecretUnavailableError:
            return False
        now = self.now()
        if not circuit.wants_ping(account.version, now):
            return False
        if not self.circuits.take_ping(circuit, now, now + PING_LEASE):
            return False
        outcome = self.provider.ping(account)
        if outcome.trigger is Trigger.ACCEPTED:
            self.circuits.close(circuit, account.version)
            return True
        found = OPENS.get(outcome.reason) if outcome.reason else None
        self.circuits.stay_open(circuit, circuit.after_ping(found, account.version, self.now()))
        return False
