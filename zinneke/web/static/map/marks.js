/** Marks drawn once on a small canvas: a status has a shape as well as a colour, so that the map reads without colour. */

const SIDE = 24;

const SHAPES = {
  good: (pen) => pen.arc(0, 0, 7.5, 0, 2 * Math.PI),
  watch: (pen) => polygon(pen, [[0, -8.5], [8.5, 6.5], [-8.5, 6.5]]),
  act: (pen) => polygon(pen, [[0, -9], [9, 0], [0, 9], [-9, 0]]),
  unknown: (pen) => polygon(pen, [[-6.5, -6.5], [6.5, -6.5], [6.5, 6.5], [-6.5, 6.5]]),
};

function polygon(pen, points) {
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

/** Return the picture of a mark named `mark:<status>:<colour>` for MapLibre, or null for a name that is not ours. */
export function picture(id, edge) {
  const [kind, status, colour] = id.split(":");
  if (kind !== "mark") return null;
  const scale = Math.min(3, Math.ceil(devicePixelRatio || 1));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.translate(SIDE / 2, SIDE / 2);
  pen.beginPath();
  (SHAPES[status] || SHAPES.unknown)(pen);
  pen.fillStyle = colour || getComputedStyle(document.documentElement).getPropertyValue(`--${status}`).trim() || "#777";
  pen.fill();
  pen.lineWidth = 1.25;
  pen.strokeStyle = edge;
  pen.stroke();
  return { image: pen.getImageData(0, 0, canvas.width, canvas.height), ratio: scale };
}
