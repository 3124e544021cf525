// <live-results>: at the organisers' desk, a poll's results as they come. Asks every two seconds while it is looked at.

const EVERY_MS = 2000;

customElements.define("live-results", class extends HTMLElement {
  connectedCallback() {
    if (!("open" in this.dataset)) return;
    this.stop = new AbortController();
    this.timer = setInterval(() => { if (!document.hidden) this.ask(); }, EVERY_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.stop?.abort();
  }

  async ask() {
    try {
      const answer = await fetch(this.dataset.address, { headers: { Accept: "application/json" }, signal: this.stop.signal });
      if (answer.ok) this.show(await answer.json());
    } catch {
      // The next turn asks again.
    }
  }

  show({ total, votes }) {
    this.querySelector("[data-total]").textContent = total;
    for (const { option, votes: count } of votes) {
      const row = this.querySelector(`[data-option="${option}"]`);
      if (!row) continue;
      const percent = total ? Math.floor((200 * count + total) / (2 * total)) : 0;
      row.querySelector("[data-votes]").textContent = count;
      row.querySelector("meter").value = percent;
      row.querySelector("[data-percent]").textContent = `${percent}%`;
    }
  }
});
