// A sheet that is being filled in.  The page works without any of this; with it, figures are
// reckoned while one types, everything is saved by itself, and nothing is lost on the way.
if (document.querySelector("form.entry[data-save]")) import("./entry/main.js");
