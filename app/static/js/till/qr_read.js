// Reads what the dark and light modules of a QR code say (ISO/IEC 18004, versions 1 to 10), repairing what is damaged.
const LEVELS = [1, 0, 3, 2]; // as they are written in the format: M, L, H, Q
const REPAIR = [
  [7, 10, 15, 20, 26, 18, 20, 24, 30, 18],
  [10, 16, 26, 18, 24, 16, 18, 22, 22, 26],
  [13, 22, 18, 26, 18, 24, 18, 22, 20, 24],
  [17, 28, 22, 16, 22, 28, 26, 26, 24, 28],
];
const BLOCKS = [
  [1, 1, 1, 1, 1, 2, 2, 2, 2, 4],
  [1, 1, 1, 2, 2, 4, 4, 4, 5, 5],
  [1, 1, 2, 2, 4, 4, 6, 6, 8, 8],
  [1, 1, 2, 4, 4, 4, 5, 6, 8, 8],
];
const CODEWORDS = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346];
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const MOST_WRONG = 3;

const POWERS = new Uint8Array(512);
const LOGS = new Uint8Array(256);
for (let place = 0, value = 1; place < 255; place += 1) {
  POWERS[place] = POWERS[place + 255] = value;
  LOGS[value] = place;
  value = value & 128 ? (value << 1) ^ 0x11d : value << 1;
}
const times = (one, other) => (one && other ? POWERS[LOGS[one] + LOGS[other]] : 0);
const over = (one, other) => (one ? POWERS[(LOGS[one] + 255 - LOGS[other]) % 255] : 0);

export const MOST_VERSION = 10;

// isDark(x, y) tells a module of a code with `size` modules a side. Returns the text, null for what cannot be read.
export function read(isDark, size) {
  const version = (size - 17) / 4;
  const format = formatOf(isDark, size);
  if (format === null || !Number.isInteger(version) || version < 1 || version > MOST_VERSION) return null;
  const words = wordsOf(isDark, size, version, MASKS[format & 7]);
  const data = repaired(words, version, LEVELS[format >> 3]);
  return data && textOf(data, version);
}

function formatOf(isDark, size) {
  const near = [0, 1, 2, 3, 4, 5, 7, 8].map((x) => [x, 8]).concat([7, 5, 4, 3, 2, 1, 0].map((y) => [8, y]));
  const far = [1, 2, 3, 4, 5, 6, 7].map((up) => [8, size - up]).concat([8, 7, 6, 5, 4, 3, 2, 1].map((left) => [size - left, 8]));
  for (const places of [near, far]) {
    const seen = places.reduce((bits, [x, y]) => (bits << 1) | isDark(x, y), 0);
    for (let data = 0; data < 32; data += 1) {
      let rest = data;
      for (let step = 0; step < 10; step += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
      if (ones((((data << 10) | rest) ^ 0x5412) ^ seen) <= MOST_WRONG) return data;
    }
  }
  return null;
}

function ones(bits) {
  let count = 0;
  for (let left = bits; left; left &= left - 1) count += 1;
  return count;
}

function wordsOf(isDark, size, version, mask) {
  const words = [];
  let bits = 0;
  let held = 0;
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1;
    for (let step = 0; step < size; step += 1) {
      const y = isUp ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (isPattern(x, y, size, version)) continue;
        bits = (bits << 1) | (isDark(x, y) ^ mask(x, y));
        held += 1;
        if (held % 8 === 0) words.push(bits & 255);
      }
    }
    isUp = !isUp;
  }
  return words;
}

function isPattern(x, y, size, version) {
  if (x === 6 || y === 6 || (x < 9 && y < 9) || (x < 9 && y >= size - 8) || (x >= size - 8 && y < 9)) return true;
  if (version >= 7 && ((x < 6 && y >= size - 11) || (y < 6 && x >= size - 11))) return true;
  const centres = centresOf(size, version);
  return centres.some((cx) => centres.some((cy) => {
    const isCorner = (cx === 6 && cy === 6) || (cx === 6 && cy === size - 7) || (cx === size - 7 && cy === 6);
    return !isCorner && Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2;
  }));
}

function centresOf(size, version) {
  if (version === 1) return [];
  return version < 7 ? [6, size - 7] : [6, (6 + size - 7) / 2, size - 7];
}

function repaired(words, version, level) {
  const repair = REPAIR[level][version - 1];
  const count = BLOCKS[level][version - 1];
  const total = CODEWORDS[version - 1];
  if (words.length < total) return null;
  const short = Math.floor(total / count) - repair;
  const firstLong = count - (total % count);
  const blocks = Array.from({ length: count }, () => []);
  let place = 0;
  for (let at = 0; at <= short; at += 1) {
    for (let block = at < short ? 0 : firstLong; block < count; block += 1) blocks[block].push(words[place++]);
  }
  for (let at = 0; at < repair; at += 1) for (const block of blocks) block.push(words[place++]);
  const fixed = blocks.map((block) => mended(block, repair));
  return fixed.includes(null) ? null : fixed.flatMap((block) => block.slice(0, -repair));
}

// Reed-Solomon: Berlekamp and Massey find where the errors are, Forney what they are.
function mended(block, repair) {
  const syndromes = Array.from({ length: repair }, (_, power) => block.reduce((sum, word) => times(sum, POWERS[power]) ^ word, 0));
  if (syndromes.every((one) => one === 0)) return block;
  const locator = locatorOf(syndromes);
  const errors = locator.length - 1;
  const places = block.map((_, at) => at).filter((at) => valueAt(locator, POWERS[(255 - (block.length - 1 - at)) % 255]) === 0);
  if (errors * 2 > repair || places.length !== errors) return null;
  const evaluator = syndromes.map((_, at) => locator.slice(0, at + 1).reduce((sum, one, back) => sum ^ times(one, syndromes[at - back]), 0));
  const slope = locator.map((one, power) => (power % 2 ? one : 0)).slice(1);
  const fixed = [...block];
  for (const at of places) {
    const power = block.length - 1 - at;
    const inverse = POWERS[(255 - power) % 255];
    fixed[at] ^= times(POWERS[power % 255], over(valueAt(evaluator, inverse), valueAt(slope, inverse)));
  }
  return fixed;
}

function locatorOf(syndromes) {
  let locator = [1];
  let before = [1];
  let length = 0;
  let shift = 1;
  let last = 1;
  syndromes.forEach((syndrome, step) => {
    let gap = syndrome;
    for (let at = 1; at <= length; at += 1) gap ^= times(locator[at] ?? 0, syndromes[step - at]);
    if (gap === 0) {
      shift += 1;
      return;
    }
    const kept = locator;
    const factor = over(gap, last);
    const grown = Array.from({ length: Math.max(locator.length, before.length + shift) }, (_, at) => locator[at] ?? 0);
    before.forEach((one, at) => { grown[at + shift] ^= times(factor, one); });
    locator = grown;
    if (2 * length <= step) [length, before, last, shift] = [step + 1 - length, kept, gap, 1];
    else shift += 1;
  });
  while (locator.length > 1 && locator.at(-1) === 0) locator.pop();
  return locator;
}

function valueAt(polynomial, x) {
  return polynomial.reduceRight((sum, one) => times(sum, x) ^ one, 0);
}

function textOf(data, version) {
  let place = 0;
  const left = () => data.length * 8 - place;
  const take = (count) => {
    let bits = 0;
    for (let end = place + count; place < end; place += 1) bits = (bits << 1) | ((data[place >> 3] >> (7 - (place & 7))) & 1);
    return bits;
  };
  const isLarge = version >= 10;
  let text = "";
  while (left() >= 4) {
    const mode = take(4);
    if (mode === 0) return text;
    if (mode === 7) take(8); // which alphabet: ours is ASCII
    else if (mode === 1) text += digits(take, take(isLarge ? 12 : 10));
    else if (mode === 2) text += signs(take, take(isLarge ? 11 : 9));
    else if (mode === 4) text += bytes(take, take(isLarge ? 16 : 8));
    else return null;
  }
  return text;
}

function digits(take, count) {
  let text = "";
  for (let left = count; left > 0; left -= 3) {
    const some = Math.min(left, 3);
    text += String(take([0, 4, 7, 10][some])).padStart(some, "0");
  }
  return text;
}

function signs(take, count) {
  let text = "";
  for (let left = count; left > 1; left -= 2) {
    const pair = take(11);
    text += (SIGNS[Math.floor(pair / 45)] ?? "") + SIGNS[pair % 45];
  }
  return count % 2 ? text + (SIGNS[take(6)] ?? "") : text;
}

function bytes(take, count) {
  const said = Uint8Array.from({ length: count }, () => take(8));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(said);
  } catch {
    return new TextDecoder("latin1").decode(said);
  }
}
