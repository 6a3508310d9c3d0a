// Search without a server: the index is scripts, which load from a folder too.
// A query is words; each must begin a code or a word of an entry, or be one or two letters off it.
// The part "prose" is what rules and the glossary say.
"use strict";
(function () {
  var box = document.getElementById("q");
  var list = document.getElementById("found");
  var said = document.getElementById("said");
  var parts = Object.create(null);
  var MOST = 30;
  var IN_TEXT = 6;
  var AROUND = 60;

  // A part calls this: its name, and its entries [name, words, address, text, other words].
  window.ratepressPart = function (name, entries) { parts[name] = entries; };

  function load(name, then) {
    if (name in parts) { then(); return; }
    var script = document.createElement("script");
    script.src = "search/" + name + ".js";
    script.onload = script.onerror = function () { parts[name] = parts[name] || []; then(); };
    document.head.appendChild(script);
  }

  function words(text) { return text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean); }

  function partOf(word) { return /^\d/.test(word) ? word.slice(0, 2) : word.slice(0, 1); }

  // How many letters must be put in, taken out, changed or swapped with their neighbour.
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    var rows = [];
    for (var i = 0; i <= a.length; i++) {
      rows[i] = [i];
      for (var j = 1; j <= b.length; j++) {
        if (i === 0) { rows[0][j] = j; continue; }
        var same = a[i - 1] === b[j - 1] ? 0 : 1;
        rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
      }
    }
    return rows[a.length][b.length];
  }

  // 0 for a word itself, 1 for its beginning, more for a mistake, -1 for none of these.
  function match(word, other) {
    if (other === word) return 0;
    if (other.indexOf(word) === 0) return 1;
    var most = /^\d/.test(word) || word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
    if (!most) return -1;
    var off = Math.min(distance(word, other, most),
      distance(word, other.slice(0, word.length), most));
    return off <= most ? 1 + 2 * off : -1;
  }

  // In a text a word counts for less than in a name, and a slip for nothing.
  function inText(word, text) {
    for (var i = 0; i < text.length; i++) if (text[i].indexOf(word) === 0) return IN_TEXT;
    return -1;
  }

  function score(entry, asked) {
    var own = words(entry[0] + " " + entry[1] + " " + (entry[4] || ""));
    var text = entry[3] ? words(entry[3]) : [];
    var total = 0;
    for (var i = 0; i < asked.length; i++) {
      var best = -1;
      for (var j = 0; j < own.length; j++) {
        var s = match(asked[i], own[j]);
        if (s >= 0 && (best < 0 || s < best)) best = s;
      }
      if (best < 0) best = inText(asked[i], text);
      if (best < 0) return -1;
      total += best;
    }
    return total + (entry[2].indexOf("rule/F") === 0 ? IN_TEXT : 0);
  }

  // What stands around the first word that is asked for.
  function passage(text, asked) {
    var at = 0;
    for (var i = 0; i < asked.length && !at; i++) {
      at = Math.max(0, text.toLowerCase().search(new RegExp("\\b" + asked[i])));
    }
    var from = at < AROUND ? 0 : text.lastIndexOf(" ", at - AROUND / 2) + 1;
    var to = text.indexOf(" ", from + 2 * AROUND);
    return (from ? "… " : "") + (to < 0 ? text.slice(from) : text.slice(from, to) + " …");
  }

  function show(asked) {
    var seen = Object.create(null);
    var found = [];
    Object.keys(parts).forEach(function (name) {
      parts[name].forEach(function (entry) {
        if (seen[entry[2]]) return;
        seen[entry[2]] = true;
        var s = score(entry, asked);
        if (s >= 0) found.push([s, entry]);
      });
    });
    // Of two that match as well, the shorter name says more of what was asked.
    found.sort(function (a, b) {
      return a[0] - b[0] || a[1][0].length - b[1][0].length || (a[1][0] < b[1][0] ? -1 : 1);
    });
    list.textContent = "";
    found.slice(0, MOST).forEach(function (one) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      var place = one[1][2].split("#");
      link.href = place[0] + "/index.html" + (place[1] ? "#" + place[1] : "");
      link.textContent = one[1][0];
      item.appendChild(link);
      var text = one[1][3] ? ": " + passage(one[1][3], asked) : "";
      item.appendChild(document.createTextNode(" " + one[1][1] + text));
      list.appendChild(item);
    });
    said.textContent = found.length === 0 ? "Nothing is found. The lists below lead to every page."
      : found.length > MOST ? "The first " + MOST + " of " + found.length + "."
        : found.length === 1 ? "One page." : found.length + " pages.";
  }

  function search() {
    var asked = words(box.value);
    try { history.replaceState(null, "", asked.length ? "?q=" + encodeURIComponent(box.value) : "?"); } catch (e) { /* a folder may refuse */ }
    if (!asked.length) { list.textContent = ""; said.textContent = ""; return; }
    var names = Object.create(null);
    asked.forEach(function (word) {
      if (/^\d$/.test(word)) return;
      names[partOf(word)] = true;
      if (/^[a-z]{3}/.test(word) || /^[a-z]\d\d$/.test(word)) names.prose = true;
      // A slip in the first letter: the second may be the first.
      if (/^[a-z]{4}/.test(word)) names[word[1]] = true;
    });
    var left = Object.keys(names).length;
    if (!left) { said.textContent = "Type one more digit."; list.textContent = ""; return; }
    var value = box.value;
    Object.keys(names).forEach(function (name) {
      load(name, function () { if (--left === 0 && box.value === value) show(asked); });
    });
  }

  document.getElementById("search").hidden = false;
  box.addEventListener("input", search);
  box.addEventListener("keydown", function (event) {
    var first = list.querySelector("a");
    if (event.key === "Enter" && first) location.href = first.href;
  });
  var given = /[?&]q=([^&]*)/.exec(location.search);
  if (given) {
    try { box.value = decodeURIComponent(given[1].replace(/\+/g, " ")); } catch (e) { box.value = ""; }
    search();
  }
})();
