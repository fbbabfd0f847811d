"""The circuit and the do-not-contact list, read together: rows of `Guards` (guard_items.py)."""

from dataclasses import dataclass

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.circuit_table import CircuitTable, circuit_of
from sms_gateway.adapters.guard_rows import read_guards
from sms_gateway.domain.clock import Clock
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import Seen


@dataclass(frozen=True, slots=True)
class TableLookout:
    """Implements the port `Lookout` on DynamoDB. `has_list`: whether there is a list to look at.

    A condition of the write would cost two write units, ten times the price of this read.
    """

    circuits: CircuitTable
    now: Clock
    has_list: bool

    def look(self, phone_number: PhoneNumber) -> Seen:
        """Both rows with one call, read consistently. Raises `StoreUnavailableError`."""
        at = self.now()
        if not self.has_list:
            return Seen(self.circuits.get(), is_unlisted=False, at=at)
        entry = guard_items.of_suppression(phone_number)
        table = self.circuits
        rows = {
            row["guard"]["S"]: row
            for row in read_guards(
                table.client, table.table_name, (guard_items.CIRCUIT, entry), consistent=True
            )
        }
        circuit = circuit_of(rows.get(guard_items.CIRCUIT, {}))
        return Seen(circuit, is_unlisted=entry not in rows, at=at)
