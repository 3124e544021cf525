// Undo and redo of <arrange-agenda>: each move is taken back by its opposite, while nobody else moved the session since.
// Kept in this tab's memory, for all days of the event.

const MOST = 50;

export class Moves {
  constructor(page) {
    this.page = page;
    this.key = `arrange/${page.dataset.event}`;
    try {
      Object.assign(this, { done: [], undone: [] }, JSON.parse(sessionStorage.getItem(this.key)));
    } catch {
      Object.assign(this, { done: [], undone: [] });
    }
    this.offer();
  }

  note({ session, was, seen }) {
    if (was === seen) return;
    this.done = [...this.done, { session, was, seen }].slice(-MOST);
    this.undone = [];
    this.keep();
  }

  undo() { this.turn("done", "undone", ({ session, was, seen }) => ({ session, seen, to: was })); }

  redo() { this.turn("undone", "done", ({ session, was, seen }) => ({ session, seen: was, to: seen })); }

  turn(from, to, move) {
    // Chosen when its turn has come: a move that is still on its way is the last one by then.
    let entry;
    const choose = () => {
      entry = this[from].at(-1);
      if (entry) return { do: "move", ...move(entry) };
      this.page.say(this.page.dataset.nothing);
      return null;
    };
    const leave = () => { this[from] = this[from].filter((one) => one !== entry); };
    this.page.send(choose, {
      then: ({ session }) => {
        leave();
        this[to] = [...this[to], entry];
        this.keep();
        this.page.querySelector(`[data-card="${session}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
      },
      // Offline it can be tried again; where somebody else moved the session, it cannot.
      otherwise: (answer) => {
        if (answer) leave();
        this.keep();
      },
    });
  }

  keep() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ done: this.done, undone: this.undone }));
    } catch {
      // A browser that keeps nothing: until the page is left.
    }
    this.offer();
  }

  offer() {
    for (const [name, entries] of [["undo", this.done], ["redo", this.undone]]) {
      const button = this.page.querySelector(`[data-${name}]`);
      button.hidden = false;
      button.setAttribute("aria-disabled", String(!entries.length));
    }
  }
}
