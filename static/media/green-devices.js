// Cameras, microphones and screens: opened, listed, and what is wrong with them as a word for which the page has a
// sentence (denied, none, no_camera, no_microphone, busy, insecure, unable, screen_denied).

const TROUBLES = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "busy",
  AbortError: "busy",
  NotFoundError: "none",
  OverconstrainedError: "none",
};
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What this browser cannot do; empty where it can send. */
export function unable() {
  if (!window.isSecureContext) return "insecure";
  const can = navigator.mediaDevices?.getUserMedia && window.MediaRecorder && window.AudioContext && recorderKind();
  return can && HTMLCanvasElement.prototype.captureStream ? "" : "unable";
}

/** What a recorder of this browser makes that we can read. VP8 first: it costs a speaker's machine the least. */
export function recorderKind() {
  const kinds = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4;codecs=avc1.42E01F,mp4a.40.2", "video/mp4"];
  return kinds.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";
}

/** Camera and microphone, each as a track or null, and what is wrong. What is there is had without what is not. */
export async function openDevices({ camera = "", microphone = "" } = {}) {
  const video = { ...PICTURE, ...(camera && { deviceId: { ideal: camera } }) };
  const audio = { ...SOUND, ...(microphone && { deviceId: { ideal: microphone } }) };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio });
    return { camera: stream.getVideoTracks()[0] ?? null, microphone: stream.getAudioTracks()[0] ?? null, troubles: [] };
  } catch (error) {
    if (trouble(error) === "denied") return { camera: null, microphone: null, troubles: ["denied"] };
  }
  const [seen, heard] = [await openOne({ video }), await openOne({ audio })];
  const found = { camera: seen.track, microphone: heard.track };
  if (!seen.track && !heard.track) return { ...found, troubles: [seen.trouble] };
  const troubles = [
    !seen.track && (seen.trouble === "none" ? "no_camera" : seen.trouble),
    !heard.track && (heard.trouble === "none" ? "no_microphone" : heard.trouble),
  ];
  return { ...found, troubles: troubles.filter(Boolean) };
}

/** A screen or window, with its sound where the browser offers that; the trouble says why not. */
export async function openScreen() {
  if (!navigator.mediaDevices.getDisplayMedia) return { trouble: "no_screen" };
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true });
    return { screen: stream.getVideoTracks()[0], sound: stream.getAudioTracks()[0] ?? null, trouble: "" };
  } catch {
    return { trouble: "screen_denied" };
  }
}

/** Fills a <select> with the devices of a kind ("videoinput", "audioinput"), the one in use chosen. */
export async function listDevices(select, kind, track) {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === kind);
  const used = track?.getSettings().deviceId;
  select.replaceChildren(...devices.map((one, n) => {
    const name = one.label || `${select.dataset.nameless} ${n + 1}`;
    return new Option(name, one.deviceId, false, one.deviceId === used);
  }));
  select.disabled = devices.length < 2;
}

async function openOne(wish) {
  try {
    return { track: (await navigator.mediaDevices.getUserMedia(wish)).getTracks()[0], trouble: "" };
  } catch (error) {
    return { track: null, trouble: trouble(error) };
  }
}

function trouble(error) {
  return TROUBLES[error.name] ?? "busy";
}
