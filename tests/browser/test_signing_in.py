"""Signing in with a second factor, from the first time to the second, in the back office and out again."""

from __future__ import annotations

import time

import pyotp
from playwright.sync_api import Page

from tests.browser.test_accessibility import AXE, faults
from tests.browser.town import CLERK, PASSWORD


def give_password(page: Page, city: str, password: str) -> None:
    page.goto(f"{city}/fr/sign-in/?next=/fr/account/")
    page.fill("#email", CLERK)
    page.fill("#password", password)
    page.press("#password", "Enter")


def look(page: Page) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert faults(page) == []


def test_signing_in_with_a_second_factor_from_end_to_end(city: str, page: Page) -> None:
    give_password(page, city, "not the password")
    page.wait_for_selector("#email-error")
    look(page)
    give_password(page, city, PASSWORD)
    page.wait_for_url("**/fr/account/")
    page.goto(f"{city}/fr/account/second-factor/")
    look(page)
    app = pyotp.TOTP(page.locator(".qr + p code").inner_text().replace(" ", ""))
    page.fill("#password", PASSWORD)
    page.fill("#code", app.at(int(time.time()) - 30))
    page.press("#code", "Enter")
    page.wait_for_selector(".codes")
    look(page)
    recovery = page.locator(".codes code").first.inner_text()
    page.goto(f"{city}/fr/sign-out/")
    page.locator("main form button").click()
    page.goto(f"{city}/fr/account/")
    assert page.locator("#email").count(), "whoever is signed out finds the way in"

    give_password(page, city, PASSWORD)
    page.wait_for_url("**/sign-in/code/")
    page.goto(f"{city}/fr/account/")
    assert page.locator("#email").count(), "the password alone opens nothing"
    give_password(page, city, PASSWORD)
    page.wait_for_url("**/sign-in/code/")
    page.fill("#code", "000000")
    page.press("#code", "Enter")
    page.wait_for_selector("#code-error")
    look(page)
    page.fill("#code", app.now())
    page.press("#code", "Enter")
    page.wait_for_url("**/fr/account/")
    page.goto(f"{city}/fr/sign-out/")
    page.locator("main form button").click()
    give_password(page, city, PASSWORD)
    page.wait_for_url("**/sign-in/code/")
    page.fill("#code", recovery)
    page.press("#code", "Enter")
    page.wait_for_url("**/fr/account/")
    assert page.goto(f"{city}/admin/").status == 403  # type: ignore[union-attr]
