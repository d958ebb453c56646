"""What one does in the editor, for several tests."""

from playwright.sync_api import expect


def open_rows(page, chain="input"):
    """Open a draft of the sample, go to the rules of a chain, and return them."""
    page.get_by_role("link", name="web-gateway").first.click()
    page.get_by_role("button", name="Edit").first.click()
    tree = page.get_by_role("navigation", name="Parts")
    tree.get_by_role("link", name="inet filter").click()
    tree.get_by_role("link", name=chain, exact=True).click()
    return page.locator("table.rows tbody tr")


def cell(row, label):
    """Return the cell of a row below the head `label`."""
    return row.locator(f"td[data-label='{label}']")


def retype(page, text, key="Enter"):
    """Replace what stands in the control that has the focus."""
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press(key)


def lose_an_answer(page):
    """Let the next operation be done and its answer be lost; return its status."""
    lost = []

    def lose(route):
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    page.route("**/operations", lose, times=1)
    return lost


def stored(page):
    """Wait until all is stored."""
    expect(page.locator("#stored")).to_have_text("Stored")
