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
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { code = "unavailable", title: message = "", field = null } = answer;
  throw Object.assign(new Error(message), { code, field, retryAfter: Number(response.headers.get("Retry-After")) || null });
}
