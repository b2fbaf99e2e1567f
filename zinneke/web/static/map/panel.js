/** The panel beside the whole map: layers, addresses and "around me" without leaving the page. Without script it is a plain form. */

const MOST = 3;

/** Bring the panel to life; `wake` gives the living map of an element. */
export function attach(panel, wake) {
  const element = document.querySelector("[data-map]");

  async function turn(address, push = true) {
    panel.setAttribute("aria-busy", "true");
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-panel]");
    panel.removeAttribute("aria-busy");
    if (!answer.ok || !fresh) return location.assign(address);
    const focus = document.activeElement?.id;
    panel.replaceChildren(...fresh.childNodes);
    ready();
    if (focus) document.getElementById(focus)?.focus();
    if (push) history.pushState(null, "", address);
    const living = await wake(element);
    living.layers = JSON.parse(page.querySelector("[data-map]").dataset.layers || "[]");
    living.map.setStyle(living.style());
    return undefined;
  }

  function address(form, more = {}) {
    const made = new URL(form.action || location.href, location.href);
    const fields = new FormData(form);
    for (const [key, value] of Object.entries(more)) fields.set(key, value);
    made.search = new URLSearchParams([...fields].filter(([, value]) => value)).toString();
    return made.href;
  }

  function limit() {
    const boxes = [...panel.querySelectorAll("input[name=layer]")];
    const full = boxes.filter((box) => box.checked).length >= MOST;
    boxes.forEach((box) => (box.disabled = full && !box.checked));
  }

  function ready() {
    limit();
    const near = panel.querySelector("[data-near]");
    if (near && navigator.geolocation) near.hidden = false;
    panel.querySelectorAll("[data-scripted]").forEach((each) => (each.hidden = true));
  }

  panel.addEventListener("change", (event) => {
    if (event.target.name === "layer") turn(address(event.target.form));
  });

  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    turn(address(event.target));
  });

  panel.addEventListener("click", (event) => {
    const near = event.target.closest("[data-near]");
    if (!near) return;
    navigator.geolocation.getCurrentPosition(
      async ({ coords }) => {
        const [lon, lat] = [coords.longitude.toFixed(3), coords.latitude.toFixed(3)];
        await turn(address(near.form, { near: `${lon},${lat}` }));
        const living = await wake(element);
        living.map.jumpTo({ center: [Number(lon), Number(lat)], zoom: 15 });
      },
      () => (panel.querySelector("[data-near-refused]").hidden = false),
      { timeout: 10_000 },
    );
  });

  let typing;
  panel.addEventListener("input", (event) => {
    if (event.target.name !== "q") return;
    clearTimeout(typing);
    typing = setTimeout(() => suggest(event.target), 200);
  });

  /** Offer the names of places that answer to what is being typed. */
  async function suggest(field) {
    const language = document.documentElement.lang;
    if (field.value.trim().length < 2) return;
    const answer = await fetch(`/api/places?${new URLSearchParams({ q: field.value, lang: language, limit: 8 })}`);
    if (!answer.ok) return;
    const { places } = await answer.json();
    const names = new Set(places.map(({ name }) => name[language] || name.fr || name.nl));
    field.list?.replaceChildren(...[...names].map((value) => Object.assign(document.createElement("option"), { value })));
  }

  addEventListener("popstate", () => turn(location.href, false));
  ready();
}
