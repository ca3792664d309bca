// The editor of a rule: what is typed is read by the server after a pause, and tried on the chosen
// filing; nothing is kept.  Where it cannot be read, a mark stands under the very place.
const editor = document.querySelector("form[data-try]");
if (editor) attend(editor);

function attend(form) {
  const result = form.querySelector("[data-tried]");
  const READ = ["expression", "tolerance", "actual", "expected", "deviation"];
  let waiting, asking;

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    clearTimeout(waiting);
    try {
      const answer = await fetch(form.dataset.try, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        signal: asking.signal,
      });
      if (answer.redirected || !(answer.headers.get("Content-Type") ?? "").includes("application/json")) return false;
      show(await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return true;
      return false; // the network is away: the button asks the old way
    }
    return true;
  };

  const show = ({ problems, marks, shown }) => {
    for (const old of form.querySelectorAll("[data-mark], [data-flaw]")) old.remove();
    for (const name of READ) {
      const input = form.elements[name], problem = problems.find((one) => one.where === name);
      const mark = marks.find((one) => one.where === name);
      input.classList.toggle("is-invalid", Boolean(problem));
      input.toggleAttribute("aria-invalid", Boolean(problem));
      if (problem) {
        input.setAttribute("aria-invalid", "true");
        input.closest(".field").append(mark ? marked(mark) : flaw(problem));
      }
    }
    result.innerHTML = shown; // drawn and escaped by the server
  };

  const marked = (mark) => {
    const box = document.createElement("div"), text = document.createElement("p");
    const line = document.createElement("pre"), under = document.createElement("b");
    box.className = "misread";
    box.dataset.mark = mark.where;
    text.className = "error";
    text.setAttribute("role", "status");
    text.textContent = `${mark.line}:${mark.column} ${mark.reason}`;
    under.textContent = mark.under;
    line.setAttribute("aria-hidden", "true");
    line.append(`${mark.text}\n`, under);
    box.append(text, line);
    return box;
  };
  const flaw = (problem) => {
    const text = document.createElement("p");
    text.className = "error";
    text.dataset.flaw = problem.where;
    text.textContent = problem.text;
    return text;
  };

  form.addEventListener("input", (event) => {
    if (!READ.includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 600);
  });
  form.addEventListener("change", (event) => {
    if (["tolerance", "enterprise", "period"].includes(event.target.name)) ask();
  });
  form.elements.enterprise_text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    event.preventDefault(); // Enter tries, it does not save
    ask();
  });
  const button = form.querySelector("[data-trying]");
  let old = false;
  button.addEventListener("click", async (event) => {
    if (old) return;
    event.preventDefault();
    if (await ask()) return;
    old = true;
    button.click();
  });
}
