// A worker that ticks: a page that is not looked at has its own timers slowed down to one a second, and a speaker who
// shows another window is not looking at this one. Post it the milliseconds between two ticks; 0 stops it.

let timer = null;

self.addEventListener("message", ({ data }) => {
  clearInterval(timer);
  if (data) timer = setInterval(() => self.postMessage(null), data);
});
