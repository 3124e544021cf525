// <passkey-step data-kind="get|create" data-unable data-failed><form hidden>… name="credential" …</form>
//   <p role="status"></p><script type="application/json">{"publicKey": …}</script></passkey-step>
//
// Asks the browser for a passkey, or for a new one, when the form is sent, and sends its answer along as JSON. Where the
// page brings no options, the form's own address is asked for them: nobody is known yet.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

function asked({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) options.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) options.allowCredentials = known(publicKey.allowCredentials);
  return options;
}

function told(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const { id, type, authenticatorAttachment } = credential;
  return { id, type, authenticatorAttachment, rawId: text(credential.rawId), response, clientExtensionResults: credential.getClientExtensionResults() };
}

customElements.define("passkey-step", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.form = this.querySelector("form");
    this.said = this.querySelector("[role=status]");
    // A passkey belongs to a name, never to an address of numbers.
    const named = !/^[\d.]+$|^\[/.test(location.hostname);
    if (!window.PublicKeyCredential || !named) {
      this.said.textContent = this.dataset.unable;
      return;
    }
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => this.ask(event), { signal: this.stop.signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  async ask(event) {
    event.preventDefault();
    if (this.asking) return;
    this.asking = true;
    this.said.textContent = "";
    try {
      const { signal } = this.stop;
      const publicKey = asked(await this.options());
      const credential = this.dataset.kind === "create"
        ? await navigator.credentials.create({ publicKey: this.wished(publicKey), signal })
        : await navigator.credentials.get({ publicKey, signal });
      this.form.elements.credential.value = JSON.stringify(told(credential));
      this.form.submit();
    } catch {
      this.said.textContent = this.dataset.failed;
    } finally {
      this.asking = false;
    }
  }

  async options() {
    const brought = this.querySelector("script[type='application/json']");
    if (brought) return JSON.parse(brought.textContent);
    const answer = await fetch(this.form.action, { headers: { Accept: "application/json" }, signal: this.stop.signal });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return (await answer.json()).request_options;
  }

  // Ticked: the device keeps the passkey so that it alone signs in, and asks for finger, face or PIN.
  wished(publicKey) {
    const alone = this.form.elements.passwordless?.checked ?? false;
    const selection = { ...publicKey.authenticatorSelection, residentKey: alone ? "required" : "discouraged", requireResidentKey: alone };
    if (alone) selection.userVerification = "required";
    return { ...publicKey, authenticatorSelection: selection };
  }
});
