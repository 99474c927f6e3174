// Gives the parts of a control that ipywidgets leaves anonymous a name a screen reader can say.

/** After `method` of this class has run, run `after` on the same view. */
function extend(View, method, after) {
  const original = View.prototype[method];
  View.prototype[method] = function (...args) {
    const result = original.apply(this, args);
    after.call(this);
    return result;
  };
}

// A description may hold mathematics or HTML: keep the words.
function words(model) {
  const text = model.get("description") || model.get("tooltip") || "";
  return text.replace(/<[^>]*>|[$\\{}]/g, "").trim();
}

function nameSlider() {
  if (!this.readout) return;
  const name = words(this.model) || "slider";
  const handles = this.$slider.querySelectorAll(".noUi-handle");
  handles.forEach((handle, i) => {
    const end = handles.length > 1 ? ["lower end of ", "upper end of "][i] : "";
    handle.setAttribute("aria-label", end + name);
    // What the reader sees (0.20), not the raw number (0.2000000001).
    if (!end) handle.setAttribute("aria-valuetext", this.readout.textContent);
  });
  this.readout.setAttribute("role", "textbox");
  this.readout.setAttribute("aria-label", `value of ${name}`);
}

function namePlay() {
  const name = words(this.model);
  const labels = [this.model.get("playing") ? "pause" : "play", "stop", "repeat"];
  [this.playPauseButton, this.stopButton, this.repeatButton].forEach((button, i) => {
    button.title = `${labels[i]} ${name}`.trim();
    button.setAttribute("aria-label", button.title);
  });
}

function pressed() {
  this.el.setAttribute("aria-pressed", String(this.model.get("value")));
  noNull(this.el);
}

// Without a tooltip ipywidgets writes the word: the reader would see and hear "null".
function noNull(element) {
  if (element?.title === "null") element.removeAttribute("title");
}

export function nameControls(controls) {
  for (const View of Object.values(controls)) {
    // Each kind of slider makes its handles itself, and anew when it is turned.
    if (Object.hasOwn(View.prototype ?? {}, "createSlider")) {
      extend(View, "createSlider", function () {
        this.$slider.noUiSlider.on("update", () => nameSlider.call(this));
      });
    }
  }
  extend(controls.DescriptionView, "updateDescription", nameSlider);
  extend(controls.DescriptionView, "updateTooltip", function () {
    noNull(this.label);
  });
  extend(controls.PlayView, "updatePlaying", namePlay);
  extend(controls.ToggleButtonView, "update", pressed);
}
