// Posts a form of moderation from a script: what was done is said in a toast, with a way to take it back.

import { say } from "plenary/ui/toast.js";

/** Resolves to true where it was done; `words` are { undo, failed } in the reader's language. */
export async function post(form, submitter, words) {
  const answer = await ask(form.action, new FormData(form, submitter));
  if (!answer.ok) {
    return { done: false, message: answer.title || words.failed };
  }
  tell(answer, form, words);
  return { done: true };
}

function tell({ said, undo }, form, words) {
  const token = form.querySelector("input[name=csrfmiddlewaretoken]").value;
  const act = () => takeBack(undo, token, words);
  latest = undo ? act : null;
  say(said, undo ? { label: words.undo, act } : {});
}

let latest = null;

/** Takes back what was done last on this page. */
export function takeBackLatest() {
  latest?.();
}

async function takeBack(address, token, words) {
  latest = null;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  const answer = await ask(address, body);
  say(answer.ok ? answer.said : answer.title || words.failed, { bad: !answer.ok });
}

async function ask(address, body) {
  try {
    const response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15_000) });
    return { ok: response.ok, ...await response.json() };
  } catch {
    return { ok: false };
  }
}
