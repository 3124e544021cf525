// An element at the desk that asks its address (data-address, in our API) every two seconds while it is looked at and
// not yet at its end (data-open), and shows what comes: show(answer), and stopAsking() when there is no more to come. What
// comes is JSON, unless read(response) says otherwise.

const EVERY_MS = 2000;

export class Asking extends HTMLElement {
  connectedCallback() {
    if (!("open" in this.dataset)) return;
    this.stop = new AbortController();
    this.timer = setInterval(() => { if (!document.hidden) this.ask(); }, EVERY_MS);
  }

  disconnectedCallback() {
    this.stopAsking();
    this.stop?.abort();
  }

  stopAsking() {
    clearInterval(this.timer);
  }

  read(response) {
    return response.json();
  }

  async ask() {
    try {
      const answer = await fetch(this.dataset.address, { headers: { Accept: "application/json" }, signal: this.stop.signal });
      if (answer.ok) this.show(await this.read(answer));
    } catch {
      // The next turn asks again.
    }
  }
}
