// On other websites: gives each <iframe data-plenary> that shows a page of ours the height of what is in it.
// Only what our own site says of itself is heard, and nothing of it is used but a number.
(() => {
  const home = new URL(document.currentScript.src).origin;
  const LEAST = 120, MOST = 20000;
  addEventListener("message", (event) => {
    const height = event.data && event.data.plenaryHeight;
    if (event.origin !== home || !Number.isFinite(height)) return;
    for (const frame of document.querySelectorAll("iframe[data-plenary]")) {
      if (frame.contentWindow === event.source) frame.style.height = `${Math.min(MOST, Math.max(LEAST, Math.ceil(height)))}px`;
    }
  });
})();
