"""Somebody in a green room as tests and benches need them: Chromium with a camera of its own making, whose line can be
broken."""

FAKE_DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
KEEP_SOCKET = """
window.WebSocket = class extends WebSocket {
  constructor(url, ...more) {
    super(url, ...more);
    if (String(url).endsWith("/media-socket/")) window.mediaSocket = this;
  }
};
"""
"""Before anything else runs in the page."""
BREAK = """
() => new Promise((done) => {
  const { line } = document.querySelector("green-room");
  const begun = performance.now();
  line.addEventListener("state", () => { if (line.state === "in") done(performance.now() - begun); });
  window.mediaSocket.close();
})
"""
"""Milliseconds until the page is back by itself."""


def go_in(page, address):
    page.goto(address)
    page.get_by_role("button", name="Turn on camera and microphone").click()
    page.locator("[name=size]").select_option("low")
    page.get_by_role("button", name="Go into the green room").click()
    page.get_by_text("You are in the green room.").wait_for()
