// What the machine shows of a film outside the page (lock screen, headset, media keys), and does with it.

const SKIP = 10;

export default class Session {
  constructor(player) {
    const session = navigator.mediaSession;
    if (!session) return;
    const { video } = player;
    const { signal } = player.stop;
    const artwork = video.poster ? [{ src: video.poster }] : [];
    session.metadata = new MediaMetadata({ title: video.getAttribute("aria-label") ?? "", artist: document.title.split(" · ").at(-1), artwork });
    const step = async (way) => (await player.parts?.chapters)?.step(way);
    const acts = {
      play: () => player.play(),
      pause: () => video.pause(),
      seekbackward: ({ seekOffset }) => player.seek(video.currentTime - (seekOffset ?? SKIP)),
      seekforward: ({ seekOffset }) => player.seek(video.currentTime + (seekOffset ?? SKIP)),
      seekto: ({ seekTime }) => player.seek(seekTime),
      ...(player.part("chapters") ? { previoustrack: () => step(-1), nexttrack: () => step(1) } : {}),
    };
    for (const [name, act] of Object.entries(acts)) handle(name, act);
    const tell = () => {
      session.playbackState = video.paused ? "paused" : "playing";
      const length = video.duration;
      if (!Number.isFinite(length) || length <= 0) return;
      session.setPositionState({ duration: length, position: Math.min(video.currentTime, length), playbackRate: video.playbackRate || 1 });
    };
    for (const name of ["play", "pause", "seeked", "ratechange", "durationchange"]) video.addEventListener(name, tell, { signal });
    tell();
    signal.addEventListener("abort", () => {
      session.metadata = null;
      for (const name of Object.keys(acts)) handle(name, null);
    });
  }
}

function handle(name, act) {
  try {
    navigator.mediaSession.setActionHandler(name, act);
  } catch {
    // This browser knows no such key.
  }
}
