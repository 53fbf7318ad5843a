{% load static %}// Shows the page for no network when there is none. Keeps only files that are the same for everybody, never a page of a
// person; what a student writes meanwhile is kept by the page itself (kept.js).
"use strict";
const SHELF = "practicum-{% static "portal/portal.css" %}";
const OFFLINE = "{% url "offline" %}";
const FILES = [
  OFFLINE,
  "{% static "portal/tokens.css" %}",
  "{% static "portal/portal.css" %}",
  "{% static "portal/portal.js" %}",
  "{% static "portal/kept.js" %}",
  "{% static "portal/day.js" %}",
  "{% static "portal/logo.svg" %}",
];
const kept = (file) => caches.match(file, { ignoreVary: true });

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// Another language was chosen: the page for no network is fetched anew in it.
self.addEventListener("message", (event) => {
  if (event.data === "language") event.waitUntil(caches.open(SHELF).then((shelf) => shelf.add(new Request(OFFLINE, { cache: "reload" }))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
  } else if (request.method === "GET" && FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => kept(request)));
  }
});
