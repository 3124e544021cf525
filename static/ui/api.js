// Calls of our REST API from a page, for what has to be said while there is no socket. Rejects as the socket does, with
// { code, message, field, retryAfter }.

export async function call(method, address, body) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const response = await fetch(address, {
    method,
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (response.ok) return text ? JSON.parse(text) : {};
  throw Object.assign(failure(text), { retryAfter: Number(response.headers.get("Retry-After")) || null });
}

/** What a refusal's text says, as an error. */
export function failure(text) {
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    // A proxy's page, or nothing at all.
  }
  const { code = "unavailable", title: message = "", field = null } = answer ?? {};
  return Object.assign(new Error(message), { code, field });
}
