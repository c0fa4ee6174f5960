// Runs before the first paint, so that a chosen theme never flashes in the
// other one. The page keeps the copy up to date; see src/state/appearance.ts.
(function () {
  try {
    var kept = JSON.parse(localStorage.getItem("appearance") || "{}");
    var root = document.documentElement;
    ["theme", "accent", "density"].forEach(function (name) {
      if (typeof kept[name] === "string" && kept[name])
        root.setAttribute("data-" + name, kept[name]);
    });
    if (typeof kept.lang === "string" && kept.lang) root.lang = kept.lang;
  } catch (e) {
    // Storage may be denied or hold something else: the system's theme shows.
  }
})();
