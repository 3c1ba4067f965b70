// The till's service worker: keeps the page that works without the server, and everything that page needs.
// TILL = {shell, base, assets, version} stands before this text, written by the server.
const CACHE = `till ${TILL.base} ${hash([TILL.version, ...TILL.assets].join(" "))}`;
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE)
      .then((cache) => cache.addAll([...TILL.assets, new Request(TILL.shell, { cache: "reload" })]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method === "GET" && isKept(url)) event.respondWith(kept(request));
});

function isOld(name) {
  return name.startsWith(`till ${TILL.base} `) && name !== CACHE;
}

function isKept(url) {
  return TILL.assets.some((asset) => asset.split("?")[0] === url.pathname);
}

// A page that takes too long counts as cut off; a form does not, since it may be at work. Of a form that was cut off
// nobody knows whether it was done: that is said.
async function page(request) {
  const isForm = request.method !== "GET";
  try {
    return await (isForm ? fetch(request) : Promise.race([fetch(request), impatience()]));
  } catch {
    if (isForm) return Response.redirect(`${TILL.shell}?lost=yes`, 303);
    return (await caches.match(TILL.shell)) ?? Response.error();
  }
}

function impatience() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), PATIENCE_MS));
}

// The file of this very address first; cut off, an older or newer one of the same name is better than none.
async function kept(request) {
  const same = await caches.match(request);
  if (same) return same;
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

function hash(text) {
  let found = 5381;
  for (const letter of text) found = ((found * 33) ^ letter.codePointAt(0)) >>> 0;
  return found.toString(36);
}
