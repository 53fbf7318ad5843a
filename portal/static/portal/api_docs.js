/* Shows the description of the API. ReDoc writes style elements by itself; the policy of the page lets those in that
   carry its nonce. */
(() => {
  "use strict";

  const place = document.getElementById("api-docs");
  const nonce = document.currentScript.nonce;

  function watchElements() {
    const make = document.createElement.bind(document);
    document.createElement = (name, ...more) => {
      const element = make(name, ...more);
      const kind = String(name).toLowerCase();
      if (kind === "style") element.nonce = nonce;
      // ReDoc's makers would have their logo fetched from their own server; without words in its place it takes none.
      if (kind === "img") {
        Object.defineProperty(element, "src", { set: () => {}, get: () => "" });
        element.setAttribute = (key, value) => {
          if (!/^(src|alt)/.test(key)) Element.prototype.setAttribute.call(element, key, value);
        };
      }
      return element;
    };
  }

  function showSwagger() {
    window.SwaggerUIBundle({
      url: place.dataset.schema,
      domNode: place,
      deepLinking: true,
      validatorUrl: null,
      requestInterceptor: (request) => {
        request.headers["X-CSRFToken"] = place.dataset.token;
        return request;
      },
    });
  }

  function showRedoc() {
    const options = {
      // Its search works in a thread that is made of text, which the policy forbids.
      disableSearch: true,
      hideDownloadButton: false,
      // It makes up an answer for each of hundreds of operations before it shows the first.
      generatedSamplesMaxDepth: 2,
      jsonSamplesExpandLevel: 1,
      maxDisplayedEnumValues: 12,
    };
    window.Redoc.init(place.dataset.schema, options, place);
  }

  watchElements();
  document.addEventListener("DOMContentLoaded", place.dataset.shownBy === "redoc" ? showRedoc : showSwagger);
})();
