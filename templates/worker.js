{% load static %}// Shows the offline page when there is no network. Keeps only files that are the same for everybody, never a page of a person.
"use strict";
const SHELF = "practicum-{% static "portal/portal.css" %}";
const OFFLINE = "{% url "offline" %}";
const FILES = [
  OFFLINE,
  "{% static "portal/tokens.css" %}",
  "{% static "portal/portal.css" %}",
  "{% static "portal/portal.js" %}",
  "{% static "portal/logo.svg" %}",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)))),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
