// A browser as far as a login needs one: cookies, forms, and no redirect followed unasked.

const ENTITIES = /&#(\d+);/g;

export class Browser {
  #cookies = new Map();

  /** Fetches without following; keeps cookies. */
  async open(url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", ...(cookie && { cookie }), ...options.headers };
    const response = await fetch(url, { ...options, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(";").map((part) => part.trim());
      const at = pair.indexOf("=");
      const gone = attributes.some((attribute) => /^max-age=0$/i.test(attribute));
      if (gone) this.#cookies.delete(pair.slice(0, at));
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Opens an address and goes along redirects while they stay on the same host. */
  async visit(url) {
    let at = new URL(url);
    for (let hop = 0; hop < 10; hop++) {
      const response = await this.open(at);
      const location = response.headers.get("location");
      if (!location) return { url: at, response, text: await response.text() };
      const next = new URL(location, at);
      if (next.host !== at.host) return { url: next, response, left: true };
      at = next;
    }
    throw new Error("too many redirects");
  }

  /** Submits the page's form with these values and one of its buttons. */
  async submit(page, values) {
    const action = /<form[^>]*action="([^"]*)"/.exec(page.text);
    if (!action) throw new Error(`no form:\n${page.text}`);
    const fields = new URLSearchParams();
    for (const [input] of page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      fields.set(attribute(input, "name"), attribute(input, "value"));
    }
    for (const [name, value] of Object.entries(values)) fields.set(name, value);
    const url = new URL(unescape(action[1]), page.url);
    const response = await this.open(url, { method: "POST", body: fields });
    const location = response.headers.get("location");
    if (location) {
      const next = new URL(location, url);
      if (next.host !== url.host) return { url: next, response, left: true };
      return this.visit(next);
    }
    return { url, response, text: await response.text() };
  }
}

function attribute(input, name) {
  return unescape(new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? "");
}

function unescape(text) {
  return text.replace(ENTITIES, (_, code) => String.fromCodePoint(Number(code))).replaceAll("&amp;", "&");
}
