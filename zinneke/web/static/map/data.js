/** The layers of data on top of the base, from what the page says of them: `{id, kind, url, colour, layer}`; `colour` is a token. */

import { token } from "./style.js";

const MARK = ["concat", "mark:", ["coalesce", ["get", "status"], "unknown"], ":", ["coalesce", ["get", "colour"], ""]];

const only = (type) => ["==", ["geometry-type"], type];

/** Return `{sources, layers, pressable}` for the layers that are chosen. */
export function compose(chosen, colours) {
  const made = { sources: {}, layers: [], pressable: [] };
  const upward = [...chosen].sort((a, b) => (a.kind === "values") - (b.kind === "values"));
  for (const layer of upward) {
    const id = `data-${layer.id}`;
    made.sources[id] =
      layer.kind === "tiles"
        ? { type: "vector", tiles: [new URL(layer.url, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], minzoom: 8, maxzoom: 14 }
        : { type: "geojson", data: new URL(layer.url, location.href).href };
    const where = layer.kind === "tiles" ? { source: id, "source-layer": layer.layer } : { source: id };
    const added = layer.kind === "values" ? values(id, where, colours) : shapes(id, where, layer.colour ? token(layer.colour, colours.accent) : colours.accent, colours);
    made.layers.push(...added);
    made.pressable.push(...added.map((each) => each.id));
  }
  return made;
}

/** Live values: marks with a shape and a colour by class, the value beside them once there is room; lines and areas by colour. */
function values(id, where, colours) {
  const colour = ["to-color", ["get", "colour"], colours.accent];
  return [
    { id: `${id}-fill`, type: "fill", ...where, filter: only("Polygon"), paint: { "fill-color": colour, "fill-opacity": 0.45 } },
    { id: `${id}-line`, type: "line", ...where, filter: ["!", only("Point")], paint: { "line-color": colour, "line-width": 2 } },
    {
      id: `${id}-mark`,
      type: "symbol",
      ...where,
      filter: only("Point"),
      layout: {
        "icon-image": MARK,
        "icon-allow-overlap": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 13, 1.1],
        "text-field": ["step", ["zoom"], "", 12.5, ["coalesce", ["get", "label"], ""]],
        "text-font": ["Atkinson"],
        "text-size": 13,
        "text-anchor": "left",
        "text-offset": [0.9, 0],
        "text-optional": true,
      },
      paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.8 },
    },
  ];
}

/** A data set's own geometry, all in one colour. */
function shapes(id, where, colour, colours) {
  return [
    { id: `${id}-fill`, type: "fill", ...where, filter: only("Polygon"), paint: { "fill-color": colour, "fill-opacity": 0.25 } },
    {
      id: `${id}-line`,
      type: "line",
      ...where,
      filter: ["!", only("Point")],
      paint: { "line-color": colour, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1, 16, 3] },
    },
    {
      id: `${id}-point`,
      type: "circle",
      ...where,
      filter: only("Point"),
      paint: {
        "circle-color": colour,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 1.4, 13, 3.5, 17, 7],
        "circle-stroke-color": colours.halo,
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 10, 0, 13, 1],
        "circle-opacity": 0.85,
      },
    },
  ];
}

/** Return the card of a pressed feature as elements: texts are set as text, never as markup. */
export function card(properties, words) {
  const box = document.createElement("div");
  box.className = "map-card";
  const title = properties.name || properties.title;
  if (title) box.append(Object.assign(document.createElement("strong"), { textContent: title }));
  if (properties.label) box.append(Object.assign(document.createElement("p"), { textContent: [properties.label, properties.note].filter(Boolean).join(" · ") }));
  if (properties.when) box.append(Object.assign(document.createElement("p"), { className: "quiet", textContent: properties.when }));
  if (properties.href && properties.href.startsWith("/")) {
    box.append(Object.assign(document.createElement("a"), { href: properties.href, textContent: words.more }));
  } else if (!properties.label) {
    box.append(facts(properties));
  }
  return box;
}

function facts(properties) {
  const list = document.createElement("dl");
  for (const [key, value] of Object.entries(properties).slice(0, 12)) {
    if (value === null || value === "") continue;
    list.append(Object.assign(document.createElement("dt"), { textContent: key }), Object.assign(document.createElement("dd"), { textContent: String(value) }));
  }
  return list;
}
