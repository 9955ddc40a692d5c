// Makes the pages nicer; each of them works without it.
"use strict";
document.documentElement.classList.add("js");
const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Keys: / goes to the search box, ? shows the keys, arrows turn pages.
function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]");
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const turn = { ArrowLeft: "#page-before", ArrowRight: "#page-after" }[event.key];
  if (event.key === "/") {
    const box = all("input[type=search]").find((one) => one.offsetParent !== null);
    if (box) { event.preventDefault(); box.focus(); box.select(); }
    else { location.href = $("link[rel=search-page]").href; }
  } else if (event.key === "?") {
    $("#keys").showModal();
  } else if (turn && $(turn)) {
    event.preventDefault();
    $(turn).click();
  }
});

// Menus close when the eye goes elsewhere.
document.addEventListener("click", (event) => {
  all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  all("details.menu[open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
});

// Copy on click; browsers lend the clipboard only to pages that come through HTTPS.
async function copy(text) {
  if (navigator.clipboard) { await navigator.clipboard.writeText(text); return; }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = button.dataset.copy || $(button.dataset.copyFrom).textContent;
  await copy(source);
  $("#told").textContent = button.dataset.copied;
  button.classList.add("good");
  setTimeout(() => button.classList.remove("good"), 1500);
});

// Turning pages without loading everything again.
async function turnTo(address, remember) {
  const answer = await fetch(address);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || !$("#viewer", fresh)) { location.href = address; return; }
  const focused = document.activeElement && document.activeElement.id;
  $("#viewer").replaceWith($("#viewer", fresh));
  if (remember) history.pushState({ turned: true }, "", address);
  if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  $("#told").textContent = $("#viewer").dataset.said;
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("#viewer a[data-turn]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  turnTo(link.href, true);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("#viewer form[data-turn]")) return;
  event.preventDefault();
  turnTo(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`, true);
});
addEventListener("popstate", () => { if ($("#viewer")) turnTo(location.href, false); });

// The road: look every two seconds while something moves, and leave open forms alone.
let seen = "";
async function lookAtRoad() {
  const road = $("#road");
  if (!road) return;
  try {
    const answer = await fetch(road.dataset.source, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = await answer.text();
    if (fresh !== seen && !$("details[open], input:focus, textarea:focus", road)) {
      seen = fresh;
      road.innerHTML = fresh;
      const said = $("#road-said").textContent;
      if ($("#told").textContent !== said) $("#told").textContent = said;
    }
  } catch { /* the network was away for a moment: the next look tells */ }
}
if ($("#road")) {
  setInterval(() => {
    if (!document.hidden && $("#road [data-moving]")) lookAtRoad();
  }, 2000);
}

// What goes on by itself: look every few seconds; once it is over, load the page anew.
async function lookAtGoing() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#going");
    if (!fresh) location.reload();
    else if (fresh.innerHTML !== $("#going").innerHTML) $("#going").innerHTML = fresh.innerHTML;
  } catch { /* the network was away for a moment: the next look tells */ }
}
if ($("#going")) setInterval(() => { if (!document.hidden && !$("details[open]")) lookAtGoing(); }, 3000);

// Sending: one file a request, with its progress.
function line(name) {
  const item = document.createElement("li");
  const bar = document.createElement("progress");
  const said = document.createElement("div");
  bar.max = 1; bar.value = 0;
  bar.setAttribute("aria-label", name);
  item.className = "mb-2";
  item.append(name, bar, said);
  $("#sending").append(item);
  return { bar, said };
}
function send(form, file) {
  const shown = line(file.name);
  const data = new FormData(form);
  data.delete("files");
  data.append("files", file, file.name);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => { if (event.lengthComputable) shown.bar.value = event.loaded / event.total; };
    request.onerror = () => { shown.said.textContent = form.dataset.failed; shown.said.className = "bad"; done(); };
    request.onload = () => {
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { told = { what: form.dataset.failed, now: "" }; }
      const one = told.files ? told.files[0] : told;
      shown.bar.value = 1;
      shown.said.textContent = `${one.what} ${one.now || ""}`;
      shown.said.className = one.is_new ? "good" : one.intake ? "doubt" : "bad";
      done();
      lookAtRoad();
    };
    request.send(data);
  });
}
async function sendAll(form, files) {
  $("#sending").replaceChildren();
  for (const file of files) await send(form, file);
  $("input[type=file]", form).value = "";
}
const form = $("#send");
if (form) {
  const place = $(".drop", form);
  form.addEventListener("submit", (event) => {
    const files = [...$("input[type=file]", form).files];
    if (!files.length) return;
    event.preventDefault();
    sendAll(form, files);
  });
  ["dragover", "dragleave", "drop"].forEach((name) => place.addEventListener(name, (event) => {
    event.preventDefault();
    place.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) sendAll(form, [...event.dataTransfer.files]);
  }));
}
const everything = $("#choose-all");
if (everything) {
  everything.addEventListener("change", () => {
    all("input[name=document]").forEach((one) => { one.checked = everything.checked; });
  });
}

// Tables in which rows are chosen: arrows go from row to row, Ctrl+A chooses all of them.
document.addEventListener("keydown", (event) => {
  const table = event.target.closest && event.target.closest("table[data-choosing]");
  if (!table || event.target.type !== "checkbox") return;
  const boxes = all("input[type=checkbox]:not(:disabled)", table);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const next = boxes[boxes.indexOf(event.target) + step];
    if (next) next.focus();
  } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const whole = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !whole; });
  }
});

// Suggestions while typing: arrows choose, Enter opens, Escape closes. Enter alone searches.
all("input[data-suggestions]").forEach((box) => {
  const list = document.createElement("ul");
  list.id = "suggested";
  list.className = "suggested";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.getAttribute("aria-label"));
  list.hidden = true;
  box.form.append(list);
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggested", "aria-expanded": "false" })
    .forEach(([name, value]) => box.setAttribute(name, value));
  let waiting = 0, asked = 0, at = -1;
  const close = () => { list.hidden = true; at = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const choose = (place) => {
    at = place;
    all("li", list).forEach((one, number) => one.setAttribute("aria-selected", number === at));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else { box.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
  };
  const show = (found) => {
    list.replaceChildren(...found.map((one, number) => {
      const item = document.createElement("li");
      const code = document.createElement("span");
      item.id = `suggested-${number}`;
      item.setAttribute("role", "option");
      item.dataset.at = one.at;
      code.className = "number";
      code.textContent = one.number || one.code;
      item.append(code, ` · ${one.title}`);
      return item;
    }));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    const said = box.value.trim();
    if (said.length < 2) { close(); return; }
    waiting = setTimeout(async () => {
      const mine = ++asked;
      try {
        const answer = await fetch(`${box.dataset.suggestions}?${new URLSearchParams({ q: said })}`);
        if (answer.ok && mine === asked && document.activeElement === box) show(await answer.json());
      } catch { close(); /* the network was away: Enter still searches */ }
    }, 150);
  });
  box.addEventListener("keydown", (event) => {
    const many = list.children.length;
    if (list.hidden || !many) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((at + 1 + step + many + 1) % (many + 1)) - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      location.href = list.children[at].dataset.at;
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    if (item) { event.preventDefault(); location.href = item.dataset.at; }
  });
  box.addEventListener("blur", close);
});
const facets = $("details.facets");
if (facets && !matchMedia("(min-width: 992px)").matches) facets.open = false;

// What a page does not wait for: fetched once it comes into sight; until then a link stands there.
all("[data-fill]").forEach((place) => {
  new IntersectionObserver(async (seen, watch) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    try {
      const answer = await fetch(place.dataset.fill, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      $("[data-filled]", place).replaceWith($("[data-filling]", fresh));
    } catch { /* the network was away: the link still leads there */ }
  }).observe(place);
});
