// Somebody's line to the stage: a recorder's chunks over a socket of its own, apart from the page's one. It comes back
// by itself within a second, with a new recording, since nothing can join one in its middle.
//
//   const line = new Contribution({ path, ticket: async () => "…", stream, kind, bits, said: () => ({ shows, has_sound }) });
//   line.addEventListener("state", () => line.state);   // "connecting" "in" "lost" "out"; `why` is a code, or empty
//   line.addEventListener("slow", () => …);             // the network, or we, do not keep up: send less
//   line.start();  line.say({ is_ready: true });  line.again({ bits });  line.leave();

const SLICE_MS = 250;
const KEY_FRAME_MS = 1000; // an MP4 is handed out up to its next key frame only
const PIECE_BYTES = 48 * 1024;
const DEAD_MS = 3000;
const LOOK_MS = 500;
const MOST_BEHIND_SECONDS = 3;
const AGAIN_MS = [100, 300, 700, 1000];
const SOUND_BITS = 96_000;
const [OPEN, REFUSED, SLOW, CUT] = [WebSocket.OPEN, 4403, 4008, 4001];
const FOR_NOW = "contribution.ticket"; // of the refusals the one that another ticket mends

export class Contribution extends EventTarget {
  #socket = null;
  #recorder = null;
  #tries = 0;
  #timer = null;
  #looks = null;
  #heardAt = 0;
  #turn = 0; // one more with each connection: what an earlier one still waits for is not wanted any more
  state = "out";
  why = "";
  id = null;

  constructor(options) {
    super();
    Object.assign(this, options);
  }

  start() {
    this.#stop();
    this.#set("connecting");
    this.#connect();
  }

  /** Another recording over another socket: of another size, or with another rate of bits. */
  again(options = {}) {
    Object.assign(this, options);
    if (this.state !== "out") this.start();
  }

  say(words) {
    if (this.#socket?.readyState === OPEN && this.id !== null) this.#socket.send(JSON.stringify(words));
  }

  leave() {
    this.say({ leaves: true });
    this.#stop();
    this.#set("out");
  }

  /** The page goes; it may be loaded anew, so the place is kept. */
  drop() {
    this.#stop();
  }

  async #connect() {
    const turn = this.#turn;
    let ticket;
    try {
      ticket = await this.ticket();
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error.code && error.code !== "unavailable" && !error.retryAfter) this.#end(error.code);
      else this.#later();
      return;
    }
    if (turn !== this.#turn) return;
    const { protocol, host } = window.location;
    const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}${this.path}`);
    this.#socket = socket;
    this.#heardAt = performance.now();
    this.#looks = setInterval(() => this.#look(), LOOK_MS);
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ ticket, kind: this.kind.split(";")[0], ...this.said() }));
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#hear(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (socket === this.#socket) this.#closed(code, reason);
    });
  }

  #hear({ id }) {
    this.#heardAt = performance.now();
    if (id === undefined) return;
    this.id = id;
    this.#tries = 0;
    this.#record(this.#socket);
    this.#set("in");
  }

  #record(socket) {
    const recorder = new MediaRecorder(this.stream, {
      mimeType: this.kind,
      videoBitsPerSecond: this.bits,
      audioBitsPerSecond: SOUND_BITS,
      videoKeyFrameIntervalDuration: KEY_FRAME_MS,
    });
    this.#recorder = recorder;
    recorder.addEventListener("dataavailable", ({ data }) => {
      if (recorder !== this.#recorder || socket.readyState !== OPEN) return;
      for (let at = 0; at < data.size; at += PIECE_BYTES) socket.send(data.slice(at, at + PIECE_BYTES));
      if (socket.bufferedAmount > (MOST_BEHIND_SECONDS * this.bits) / 8) this.#slow();
    });
    recorder.addEventListener("error", () => { if (recorder === this.#recorder) this.again(); });
    recorder.start(SLICE_MS);
  }

  /** A line that breaks without a word: we are told each second that it stands. */
  #look() {
    if (performance.now() - this.#heardAt < DEAD_MS) return;
    this.#stop();
    this.#later();
  }

  #closed(code, reason) {
    this.#stop();
    if (code === SLOW) this.#slow();
    else if ((code === REFUSED || code === CUT) && reason && reason !== FOR_NOW) this.#end(reason);
    else this.#later();
  }

  #slow() {
    this.#stop();
    this.dispatchEvent(new Event("slow"));
    this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#set("lost");
    this.#timer = setTimeout(() => this.#connect(), AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)]);
    this.#tries += 1;
  }

  #end(why) {
    this.why = why;
    this.#set("out");
  }

  #stop() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    clearInterval(this.#looks);
    const [socket, recorder] = [this.#socket, this.#recorder];
    this.#socket = this.#recorder = null;
    if (recorder && recorder.state !== "inactive") recorder.stop();
    socket?.close();
  }

  #set(state) {
    if (state !== "out") this.why = "";
    if (state === this.state && state !== "out") return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
