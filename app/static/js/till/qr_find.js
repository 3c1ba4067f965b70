// Finds a QR code in a picture: its three corner marks, the small one opposite, and from them every module.
import { MOST_VERSION, read } from "./qr_read.js";

const BIAS = 0.88; // darker than this share of the light around it is dark
const MOST_MARKS = 8;
const LEAST_SEEN = 2; // rows that must agree on a mark
const SURE_ALIGNMENT = 21; // of 25 modules

// `image` is an ImageData. Returns the text of the first code that can be read, null for none.
export function textIn(image) {
  const grey = greyOf(image);
  for (const seen of [grey, smoothed(grey, image)]) {
    const picture = pictureOf(seen, image);
    for (const corners of triplesOf(marksIn(picture))) {
      const text = textBetween(picture, corners);
      if (text) return text;
    }
  }
  return null;
}

function greyOf({ data, width, height }) {
  return Uint8Array.from({ length: width * height }, (_, at) => (data[at * 4] * 3 + data[at * 4 + 1] * 6 + data[at * 4 + 2]) / 10);
}

// Each pixel as the mean of its neighbours: a grainy picture of a dim room.
function smoothed(grey, { width, height }) {
  const calm = Uint8Array.from(grey);
  for (let at = width + 1; at < width * (height - 1) - 1; at += 1) {
    let sum = 0;
    for (const row of [at - width, at, at + width]) sum += grey[row - 1] + grey[row] + grey[row + 1];
    calm[at] = sum / 9;
  }
  return calm;
}

// Dark and light by the light around each pixel, so that half a shadow does not matter.
function pictureOf(grey, { width, height }) {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let row = 0;
    for (let x = 0; x < width; x += 1) {
      row += grey[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  const reach = Math.max(8, Math.round(Math.min(width, height) / 8));
  const dark = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const top = Math.max(0, y - reach) * (width + 1);
    const bottom = Math.min(height, y + reach) * (width + 1);
    const rows = (bottom - top) / (width + 1);
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - reach);
      const right = Math.min(width, x + reach);
      const light = sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left];
      dark[y * width + x] = grey[y * width + x] * (right - left) * rows < light * BIAS ? 1 : 0;
    }
  }
  const isDark = (x, y) => x >= 0 && y >= 0 && x < width && y < height && dark[Math.floor(y) * width + Math.floor(x)] === 1;
  return { width, height, isDark };
}

// A corner mark crossed by a line is dark, light, dark, light, dark in 1 : 1 : 3 : 1 : 1.
function marksIn(picture) {
  const marks = [];
  for (let y = 0; y < picture.height; y += 2) {
    let runs = [0, 0, 0, 0, 0];
    let wasDark = false;
    for (let x = 0; x <= picture.width; x += 1) {
      const isDark = picture.isDark(x, y);
      if (isDark !== wasDark) {
        if (wasDark && isMark(runs)) keepMark(marks, picture, x - runs[4] - runs[3] - runs[2] / 2, y, runs);
        runs = [...runs.slice(1), 0];
        wasDark = isDark;
      }
      runs[4] += 1;
    }
  }
  return marks.filter((mark) => mark.seen >= LEAST_SEEN).sort((one, other) => other.seen - one.seen).slice(0, MOST_MARKS);
}

function isMark(runs) {
  const module = runs.reduce((sum, run) => sum + run, 0) / 7;
  if (runs.includes(0) || module < 1) return false;
  return runs.every((run, place) => Math.abs(run - module * (place === 2 ? 3 : 1)) <= module * (place === 2 ? 1.5 : 0.7));
}

function keepMark(marks, picture, x, y, runs) {
  const upright = across(picture, x, y, 0, 1, runs[2] * 3);
  if (!upright) return;
  const level = across(picture, x, upright.y, 1, 0, runs[2] * 3);
  if (!level) return;
  const found = { x: level.x, y: upright.y, size: (level.size + upright.size) / 2 };
  const same = marks.find((mark) => Math.hypot(mark.x - found.x, mark.y - found.y) < mark.size / 2);
  if (!same) return marks.push({ ...found, seen: 1 });
  for (const key of ["x", "y", "size"]) same[key] = (same[key] * same.seen + found[key]) / (same.seen + 1);
  same.seen += 1;
}

// The same pattern through a point in one direction: where its middle is and how long it is.
function across(picture, x, y, dx, dy, most) {
  if (!picture.isDark(x, y)) return null;
  const before = walk(picture, x, y, -dx, -dy, most);
  const after = walk(picture, x, y, dx, dy, most);
  if (!before || !after) return null;
  const runs = [before[2], before[1], before[0] + after[0] - 1, after[1], after[2]];
  if (!isMark(runs)) return null;
  const shift = (after[0] - before[0]) / 2;
  return { x: x + dx * shift, y: y + dy * shift, size: runs.reduce((sum, run) => sum + run, 0) };
}

function walk(picture, x, y, dx, dy, most) {
  const runs = [0, 0, 0];
  let place = 0;
  for (let step = 0; step < most * 3; step += 1) {
    const isDark = picture.isDark(x + dx * step, y + dy * step);
    if (isDark === (place === 1)) place += 1;
    if (place > 2) return runs;
    runs[place] += 1;
  }
  return null;
}

// Three marks that form a right angle with two sides alike, the best first: [top left, top right, bottom left].
function triplesOf(marks) {
  const found = [];
  for (const corner of marks) {
    for (const one of marks) {
      for (const other of marks) {
        if (corner === one || corner === other || marks.indexOf(one) >= marks.indexOf(other)) continue;
        const cross = (one.x - corner.x) * (other.y - corner.y) - (one.y - corner.y) * (other.x - corner.x);
        const dot = (one.x - corner.x) * (other.x - corner.x) + (one.y - corner.y) * (other.y - corner.y);
        const sides = [one, other].map((mark) => Math.hypot(mark.x - corner.x, mark.y - corner.y));
        const sizes = [corner, one, other].map((mark) => mark.size);
        const badness = Math.abs(dot) / (sides[0] * sides[1]) + Math.abs(Math.log(sides[0] / sides[1]))
          + Math.log(Math.max(...sizes) / Math.min(...sizes));
        found.push({ badness, corners: cross > 0 ? [corner, one, other] : [corner, other, one] });
      }
    }
  }
  return found.filter((one) => one.badness < 1.5).sort((one, other) => one.badness - other.badness).slice(0, 6).map((one) => one.corners);
}

function textBetween(picture, [corner, right, below]) {
  const module = (moduleBetween(picture, corner, right) + moduleBetween(picture, corner, below)) / 2;
  const side = (Math.hypot(right.x - corner.x, right.y - corner.y) + Math.hypot(below.x - corner.x, below.y - corner.y)) / 2;
  const likely = Math.round((side / module + 7 - 17) / 4);
  for (const version of [likely, likely - 1, likely + 1]) {
    if (!(version >= 1 && version <= MOST_VERSION)) continue;
    const size = 17 + 4 * version;
    const at = placesOf(picture, [corner, right, below], size, version);
    const text = read((x, y) => picture.isDark(...at(x + 0.5, y + 0.5)), size);
    if (text) return text;
  }
  return null;
}

// From the middle of a mark outwards it is three and a half modules to its edge, on both sides and at both marks.
function moduleBetween(picture, one, other) {
  const length = Math.hypot(other.x - one.x, other.y - one.y);
  const [dx, dy] = [(other.x - one.x) / length, (other.y - one.y) / length];
  const ways = [[one, 1], [one, -1], [other, 1], [other, -1]].map(([mark, way]) => walk(picture, mark.x, mark.y, dx * way, dy * way, mark.size));
  const lengths = ways.filter(Boolean).map((runs) => runs[0] + runs[1] + runs[2]);
  return lengths.length ? lengths.reduce((sum, one_) => sum + one_, 0) / lengths.length / 3.5 : one.size / 7;
}

// Where a module lies in the picture: by the fourth, smaller mark if it is found, else as if seen straight on.
function placesOf(picture, [corner, right, below], size, version) {
  const flat = (x, y) => {
    const [across_, down] = [(x - 3.5) / (size - 7), (y - 3.5) / (size - 7)];
    return [
      corner.x + across_ * (right.x - corner.x) + down * (below.x - corner.x),
      corner.y + across_ * (right.y - corner.y) + down * (below.y - corner.y),
    ];
  };
  const fourth = version > 1 ? alignmentNear(picture, flat, size) : null;
  if (!fourth) return flat;
  const from = [[3.5, 3.5], [size - 3.5, 3.5], [3.5, size - 3.5], [size - 6.5, size - 6.5]];
  return homography(from, [[corner.x, corner.y], [right.x, right.y], [below.x, below.y], fourth]) ?? flat;
}

function alignmentNear(picture, flat, size) {
  let best = { hits: SURE_ALIGNMENT - 1, far: 0 };
  for (let dy = -4; dy <= 4; dy += 0.5) {
    for (let dx = -4; dx <= 4; dx += 0.5) {
      let hits = 0;
      for (let y = -2; y <= 2; y += 1) {
        for (let x = -2; x <= 2; x += 1) {
          const isRing = Math.max(Math.abs(x), Math.abs(y)) !== 1;
          if (picture.isDark(...flat(size - 6.5 + dx + x, size - 6.5 + dy + y)) === isRing) hits += 1;
        }
      }
      const far = Math.hypot(dx, dy);
      if (hits > best.hits || (hits === best.hits && far < best.far)) best = { hits, far, at: flat(size - 6.5 + dx, size - 6.5 + dy) };
    }
  }
  return best.at ?? null;
}

// The perspective that takes four points to four others: eight equations, solved by elimination.
function homography(from, to) {
  const rows = from.flatMap(([x, y], place) => {
    const [u, v] = to[place];
    return [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]];
  });
  for (let column = 0; column < 8; column += 1) {
    const pivot = rows.slice(column).reduce((most, row) => (Math.abs(row[column]) > Math.abs(most[column]) ? row : most));
    if (Math.abs(pivot[column]) < 1e-9) return null;
    const place = rows.indexOf(pivot);
    [rows[column], rows[place]] = [rows[place], rows[column]];
    for (const row of rows) {
      if (row === rows[column]) continue;
      const share = row[column] / rows[column][column];
      for (let at = column; at < 9; at += 1) row[at] -= share * rows[column][at];
    }
  }
  const [a, b, c, d, e, f, g, h] = rows.map((row, place) => row[8] / row[place]);
  return (x, y) => {
    const depth = g * x + h * y + 1;
    return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
  };
}
