/** Maps of the pages: each `[data-map]` holds a drawing that stands without script; the living map comes when it is in view. */

import { build, palette } from "./map/style.js";
import { card, compose } from "./map/data.js";
import { picture } from "./map/marks.js";

const VENDOR = new URL("./vendor/", import.meta.url);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");

let library;

/** Fetch the map library and its style sheet, once a page. */
function load() {
  library ||= new Promise((resolve) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("maplibre-gl.css", VENDOR).href });
    sheet.onload = sheet.onerror = () => resolve(import(new URL("maplibre-gl.mjs", VENDOR).href));
    document.head.append(sheet);
  });
  return library;
}

/** Read a JSON data attribute, with what to use where it is missing. */
function read(element, key, otherwise) {
  return element.dataset[key] ? JSON.parse(element.dataset[key]) : otherwise;
}

/** One living map in place of a drawing. */
class Living {
  constructor(element, gl) {
    this.element = element;
    this.gl = gl;
    this.language = document.documentElement.lang || "en";
    this.words = read(element, "words", {});
    this.layers = read(element, "layers", []);
    this.pressable = [];
    this.canvas = Object.assign(document.createElement("div"), { className: "map-canvas" });
    element.append(this.canvas);
    this.map = new gl.Map({
      container: this.canvas,
      style: this.style(),
      ...this.view(),
      maxBounds: [3.6, 50.4, 5.2, 51.3],
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: element.dataset.map !== "whole",
      attributionControl: false,
      locale: { ...this.words.locale, "Map.Title": element.dataset.title || "" },
      fadeDuration: calm.matches ? 0 : 200,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new gl.ScaleControl({}), "bottom-left");
    this.map.addControl(new gl.AttributionControl({ compact: false, customAttribution: this.words.credit || "" }), "bottom-right");
    this.map.setMissingStyleImageResolver((id) => this.draw(id));
    this.map.on("load", () => element.classList.add("alive"));
    this.map.on("click", (event) => this.press(event));
    this.map.on("mousemove", (event) => {
      this.map.getCanvas().style.cursor = this.under(event).length ? "pointer" : "";
    });
    this.map.on("moveend", () => this.keep());
    const again = () => this.map.setStyle(this.style());
    dark.addEventListener("change", again);
    new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  /** Where to look first: a position (`zoom/lat/lon`), or bounds (`west,south,east,north`). */
  view() {
    const [zoom, lat, lon] = (this.element.dataset.at || "").split("/").map(Number);
    if (lon) return { center: [lon, lat], zoom };
    const bounds = read(this.element, "bounds", [4.2436, 50.7635, 4.4822, 50.9138]);
    return { bounds, fitBoundsOptions: { padding: 24, maxZoom: 15 } };
  }

  style() {
    const { sources, layers, pressable } = compose(this.layers, palette());
    this.pressable = pressable;
    const outline = this.element.dataset.outline;
    if (outline) {
      sources.outline = { type: "geojson", data: new URL(outline, location.href).href };
      layers.unshift({ id: "here", type: "line", source: "outline", paint: { "line-color": palette().accent, "line-width": 3 } });
    }
    return build(this.language, sources, layers);
  }

  draw(id) {
    const made = picture(id, palette().ink);
    if (made && !this.map.hasImage(id)) this.map.addImage(id, made.image, { pixelRatio: made.ratio });
  }

  under(event) {
    const { x, y } = event.point;
    const layers = this.pressable.filter((id) => this.map.getLayer(id));
    return layers.length ? this.map.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers }) : [];
  }

  press(event) {
    const [feature] = this.under(event);
    if (feature) this.show(feature.geometry.type === "Point" ? feature.geometry.coordinates : event.lngLat, feature.properties);
  }

  show(place, properties) {
    this.popup?.remove();
    this.popup = new this.gl.Popup({ maxWidth: "300px", offset: 12, locale: this.words.locale }).setLngLat(place).setDOMContent(card(properties, this.words)).addTo(this.map);
  }

  /** Go to a place of the list beside the map, and say there what it is. */
  visit(link) {
    const [lon, lat] = link.dataset.place.split(",").map(Number);
    const target = { center: [lon, lat], zoom: Math.max(this.map.getZoom(), Number(link.dataset.zoom) || 14.5) };
    if (calm.matches) this.map.jumpTo(target);
    else this.map.easeTo({ ...target, duration: 500 });
    this.show([lon, lat], { name: link.dataset.name, label: link.dataset.label, href: link.dataset.href });
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** Keep the position in the address of the page, so that what one sees can be sent. */
  keep() {
    if (this.element.dataset.map !== "whole") return;
    const { lng, lat } = this.map.getCenter();
    const at = `${this.map.getZoom().toFixed(1)}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
    const address = new URL(location.href);
    address.searchParams.set("at", at);
    history.replaceState(history.state, "", decodeURIComponent(address.href) === location.href ? address : address.href.replaceAll("%2F", "/"));
    for (const field of document.querySelectorAll("input[name=at]")) field.value = at;
  }
}

const living = new WeakMap();

async function wake(element) {
  if (living.has(element)) return living.get(element);
  const made = load().then((gl) => new Living(element, gl));
  living.set(element, made);
  return made;
}

const watcher = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => (watcher.unobserve(entry.target), wake(entry.target))),
  { rootMargin: "200px" },
);
document.querySelectorAll("[data-map]").forEach((element) => watcher.observe(element));

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-place]");
  const element = link && document.getElementById(link.dataset.on || "map");
  if (!element?.matches("[data-map]") || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  (await wake(element)).visit(link);
});

/** What only a living map can ask: which part of it to search in. */
document.querySelectorAll("[data-with-map]").forEach((each) => (each.hidden = false));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-part]");
  if (!button) return;
  const living = await wake(document.getElementById(button.dataset.on || "map"));
  const bounds = living.map.getBounds();
  const field = document.getElementById(button.dataset.part);
  field.disabled = false;
  field.value = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((each) => each.toFixed(4)).join(",");
  field.form.requestSubmit();
});

const panel = document.querySelector("[data-panel]");
if (panel) import("./map/panel.js").then(({ attach }) => attach(panel, wake));
