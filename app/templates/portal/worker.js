// The service worker of one business's card: keeps the offline card and nothing else, and shows notices.
const KEPT = "card";
const OFFLINE = {{ offline_url|tojson }};
const HOME = {{ home_url|tojson }};
const LEAVING = {{ leaving_urls|tojson }};
const ICON = {{ icon_url|tojson }};
const SCOPE = KEPT + HOME;
const PARTS = /(?:href|src)="(\/(?:static\/|brand\.css)[^"#]+)/g;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.data === "keep" && event.waitUntil(keep()));

// Fetches the offline card with its style; who is signed out any more has none.
async function keep() {
  const answer = await fetch(OFFLINE).catch(() => null);
  if (!answer) return;
  if (!answer.ok || answer.redirected) return caches.delete(SCOPE);
  const page = await answer.clone().text();
  const parts = [...new Set([...page.matchAll(PARTS)].map((found) => found[1].replaceAll("&amp;", "&")))];
  const cache = await caches.open(SCOPE);
  await cache.addAll(parts);
  await cache.put(OFFLINE, answer);
  const wanted = new Set([OFFLINE, ...parts].map((path) => new URL(path, self.location).href));
  for (const kept of await cache.keys()) if (!wanted.has(kept.url)) await cache.delete(kept);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method === "POST") {
    if (LEAVING.includes(pathname)) event.waitUntil(caches.delete(SCOPE));
    return;
  }
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(offlineCard));
  else if (pathname.startsWith("/static/") || pathname === "/brand.css") event.respondWith(part(request));
});

async function offlineCard() {
  const cache = await caches.open(SCOPE);
  return (await cache.match(OFFLINE, { ignoreVary: true })) || Response.error();
}

async function part(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(SCOPE)).match(request, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
}

self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  const shown = { body: told.body, icon: ICON, tag: told.tag, data: { url: told.url || HOME } };
  event.waitUntil(self.registration.showNotification(told.title || "Your card", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
