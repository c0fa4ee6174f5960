// Runs before the first paint, so that a chosen theme never flashes in the
// other one. The page keeps the copy up to date; see src/state/appearance.ts.
(function () {
  var root = document.documentElement;
  if (/linux/i.test(navigator.platform)) root.setAttribute("data-platform", "linux");
  try {
    var kept = JSON.parse(localStorage.getItem("appearance") || "{}");
    ["theme", "accent", "density"].forEach(function (name) {
      if (typeof kept[name] === "string" && kept[name])
        root.setAttribute("data-" + name, kept[name]);
    });
    if (typeof kept.lang === "string" && kept.lang) root.lang = kept.lang;
  } catch (e) {
    // Storage may be denied or hold something else: the system's theme shows.
  }
})();
