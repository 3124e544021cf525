// What a speaker sends, drawn on a canvas: the camera, the screen, or the screen with the camera in its corner. Whatever
// is chosen while they are on stage, the recording goes on; its size and pace stay the same.
//
//   const picture = new Picture(canvas);
//   picture.camera = track;  picture.screen = track;  picture.shows = "both";
//   picture.size({ width: 1280, height: 720, fps: 30 });
//   picture.stream();  // a MediaStream with one track
//   picture.stop();

const CORNER = 0.26; // of the width
const MARGIN = 0.02;

export class Picture {
  #canvas;
  #pen;
  #ticks;
  #fps = 30;
  #videos = { camera: null, screen: null };
  shows = "camera";

  constructor(canvas) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext("2d", { alpha: false });
    this.#ticks = new Worker(import.meta.resolve("plenary/media/ticks.js"));
    this.#ticks.addEventListener("message", () => this.#draw());
  }

  set camera(track) { this.#set("camera", track); }
  set screen(track) { this.#set("screen", track); }

  size({ width, height, fps }) {
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#fps = fps;
    this.#ticks.postMessage(1000 / fps);
  }

  stream() {
    return this.#canvas.captureStream(this.#fps);
  }

  stop() {
    this.#ticks.terminate();
    this.camera = null;
    this.screen = null;
  }

  #set(name, track) {
    const before = this.#videos[name];
    if (before) before.srcObject = null;
    this.#videos[name] = null;
    if (!track) return;
    const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
    video.srcObject = new MediaStream([track]);
    video.play().catch(() => {}); // it goes with its track
    this.#videos[name] = video;
  }

  #draw() {
    const { width, height } = this.#canvas;
    const { camera, screen } = this.#videos;
    this.#pen.fillStyle = "black";
    this.#pen.fillRect(0, 0, width, height);
    const wantsScreen = this.shows !== "camera" && screen;
    if (wantsScreen) this.#fit(screen, 0, 0, width, height);
    if (this.shows === "screen" || !camera) return;
    if (!wantsScreen) {
      this.#fit(camera, 0, 0, width, height);
      return;
    }
    const [across, down] = [width * CORNER, (width * CORNER * 9) / 16];
    this.#fill(camera, width - across - width * MARGIN, height - down - width * MARGIN, across, down);
  }

  /** The whole picture, as large as it goes into the place. */
  #fit(video, x, y, width, height) {
    const { videoWidth, videoHeight } = video;
    if (!videoWidth) return;
    const scale = Math.min(width / videoWidth, height / videoHeight);
    const [across, down] = [videoWidth * scale, videoHeight * scale];
    this.#pen.drawImage(video, x + (width - across) / 2, y + (height - down) / 2, across, down);
  }

  /** As much of the picture as fills the place. */
  #fill(video, x, y, width, height) {
    const { videoWidth, videoHeight } = video;
    if (!videoWidth) return;
    const scale = Math.max(width / videoWidth, height / videoHeight);
    const [across, down] = [width / scale, height / scale];
    const [left, top] = [(videoWidth - across) / 2, (videoHeight - down) / 2];
    this.#pen.drawImage(video, left, top, across, down, x, y, width, height);
  }
}
