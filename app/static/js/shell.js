// All behaviours of all pages; each looks for its own marks and does nothing without them.
import "bootstrap/js/dist/dropdown";
import "bootstrap/js/dist/offcanvas";
import "./add-row.js";
import "./charts.js";
import "./confirm.js";
import "./forms.js";
import "./keys.js";
import "./list-cards.js";
import "./list-choose.js";
import "./list-keys.js";
import "./menu.js";
import "./notices.js";
import "./open-row.js";
import "./remote-select.js";
import "./submit-on-change.js";
import "./submit-once.js";
import "./theme.js";
