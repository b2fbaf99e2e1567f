/** The quiet base map as a MapLibre style: our own tiles, our own font, colours from the style sheet's tokens. */

const FONT = "Atkinson";
const FONT_FILE = "../vendor/fonts/atkinson-400-latin.woff2";
const INNER = 11;

/** Return one custom property of the page, so that light, dark and print themes need no second list of colours. */
export function token(name, fallback = "") {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || fallback;
}

/** Return the colours of the base map in the theme that is on now. */
export function palette() {
  return {
    paper: token("--sunken", "#f3f0e9"),
    land: token("--map-land", "#f6f3ec"),
    park: token("--map-park", "#dfe9d6"),
    water: token("--map-water", "#cfe0ea"),
    street: token("--map-street", "#ffffff"),
    border: token("--map-edge", "#9a94a8"),
    quiet: token("--line", "#dfdad0"),
    ink: token("--ink", "#1c1a27"),
    soft: token("--ink-soft", "#565167"),
    halo: token("--map-land", "#f6f3ec"),
    accent: token("--iris", "#4a3d9c"),
  };
}

/** Return the expression that reads a name in the reader's language; `name` holds both where the reader's is neither. */
function name(language) {
  return ["coalesce", ["get", language === "fr" || language === "nl" ? `name_${language}` : "name"], ["get", "name"], ""];
}

function line(id, layer, colour, width, more = {}) {
  return { id, type: "line", source: "base", "source-layer": layer, paint: { "line-color": colour, "line-width": width }, ...more };
}

function label(id, layer, language, size, colours, layout = {}, more = {}) {
  return {
    id,
    type: "symbol",
    source: "base",
    "source-layer": layer,
    layout: { "text-field": name(language), "text-font": [FONT], "text-size": size, "text-max-width": 8, ...layout },
    paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.6 },
    ...more,
  };
}

/** Return the layers of the base, from the ground up; labels are apart, because data lie between the two. */
function ground(colours) {
  return [
    { id: "paper", type: "background", paint: { "background-color": colours.paper } },
    { id: "region", type: "fill", source: "base", "source-layer": "region", paint: { "fill-color": colours.land } },
    line("neighbourhoods", "neighbourhoods", colours.quiet, 0.7, { minzoom: INNER, paint: { "line-color": colours.quiet, "line-width": 0.7, "line-dasharray": [2, 2] } }),
    line("streets", "streets", colours.street, ["interpolate", ["exponential", 1.5], ["zoom"], 11, 0.4, 14, 1.6, 18, 12], {
      minzoom: INNER,
      layout: { "line-cap": "round", "line-join": "round" },
    }),
    line("communes", "communes", colours.border, ["interpolate", ["linear"], ["zoom"], 9, 0.7, 15, 1.6]),
    line("outline", "region", colours.border, ["interpolate", ["linear"], ["zoom"], 9, 1.4, 15, 2.6]),
  ];
}

function labels(colours, language) {
  const only = (kind) => ({ filter: ["==", ["get", "kind"], kind] });
  return [
    label("street-names", "streets", language, ["interpolate", ["linear"], ["zoom"], 13, 11, 18, 15], colours, { "symbol-placement": "line", "text-max-angle": 30 }, { minzoom: 13.5 }),
    label("neighbourhood-names", "labels", language, 12, { ...colours, ink: colours.soft }, {}, { minzoom: 13, maxzoom: 16, ...only("neighbourhood") }),
    label("commune-names", "labels", language, ["interpolate", ["linear"], ["zoom"], 9.5, 11, 14, 16], colours, { "text-letter-spacing": 0.03 }, { minzoom: 9.5, maxzoom: 14, ...only("commune") }),
  ];
}

/** Return a whole style: the base, with the layers of data (see data.js) between ground and names. */
export function build(language, sources = {}, between = []) {
  const colours = palette();
  return {
    version: 8,
    "font-faces": { [FONT]: [{ url: new URL(FONT_FILE, import.meta.url).href }] },
    sources: {
      base: {
        type: "vector",
        tiles: [`${location.origin}/tiles/base/{z}/{x}/{y}.mvt`],
        minzoom: 8,
        maxzoom: 14,
        attribution: document.documentElement.dataset.mapCredit || "",
      },
      ...sources,
    },
    layers: [...ground(colours), ...between, ...labels(colours, language)],
  };
}
