"""`<click-to-sms>` as a person meets it."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass
class Component:
    """One component on a page."""

    sms: Locator

    @property
    def page(self) -> Page:
        return self.sms.page

    @property
    def number(self) -> Locator:
        return self.sms.locator("#number")

    @property
    def message(self) -> Locator:
        return self.sms.locator("#message")

    @property
    def status(self) -> Locator:
        return self.sms.get_by_role("status")

    def button(self, name: str) -> Locator:
        return self.sms.get_by_role("button", name=name)
