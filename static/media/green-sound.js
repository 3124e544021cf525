// What of a speaker is heard: the microphone and the sound of the shared screen, mixed into one track that never ends,
// and a measure of the microphone for <level-meter>. Make it after a click: browsers start no sound by themselves.
//
//   const sound = new Sound();
//   sound.microphone = track;  sound.screen = track;  sound.isMuted = true;
//   sound.track;  sound.meter;  // an AnalyserNode, which hears the microphone also while it is muted
//   sound.stop();

export class Sound {
  #context = new AudioContext();
  #out = this.#context.createMediaStreamDestination();
  #gate = this.#context.createGain();
  #sources = { microphone: null, screen: null };
  #has = { microphone: false, screen: false };
  meter = this.#context.createAnalyser();

  constructor() {
    this.meter.fftSize = 1024;
    this.#gate.connect(this.#out);
    this.#context.resume();
  }

  get track() { return this.#out.stream.getAudioTracks()[0]; }

  get isMuted() { return this.#gate.gain.value === 0; }
  set isMuted(muted) { this.#gate.gain.value = muted ? 0 : 1; }

  /** Whether anything can be heard. */
  get isThere() { return (this.#has.microphone && !this.isMuted) || this.#has.screen; }

  set microphone(track) {
    const source = this.#set("microphone", track);
    source?.connect(this.meter);
    source?.connect(this.#gate);
  }

  set screen(track) { this.#set("screen", track)?.connect(this.#out); }

  stop() { this.#context.close(); }

  #set(name, track) {
    this.#sources[name]?.disconnect();
    this.#has[name] = Boolean(track);
    this.#sources[name] = track ? this.#context.createMediaStreamSource(new MediaStream([track])) : null;
    return this.#sources[name];
  }
}
