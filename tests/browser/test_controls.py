"""The page scripts bring any notebook's controls to life, readable and with names, without a kernel."""

import anywidget
import ipywidgets as widgets
import pytest
import traitlets

ADD = bytes.fromhex("0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b")


class Adder(anywidget.AnyWidget):
    """Shows 2 + x as computed by two bytes of WebAssembly that travel in the page."""

    _esm = """
    async function render({ model, el }) {
      const { buffer, byteOffset, byteLength } = model.get("wasm");
      const { instance } = await WebAssembly.instantiate(new Uint8Array(buffer, byteOffset, byteLength));
      const output = document.createElement("output");
      const draw = () => { output.textContent = instance.exports.add(2, model.get("x")); };
      model.on("change:x", draw);
      draw();
      el.append(output);
      return () => model.off("change:x", draw);
    }
    export default { render };
    """
    wasm = traitlets.Bytes(ADD).tag(sync=True)
    x = traitlets.Float(1).tag(sync=True)


def some_of_each() -> widgets.VBox:
    named = {"description": "name"}
    return widgets.VBox(
        [
            widgets.FloatSlider(0.2, min=0.05, max=5, step=0.05, description="temperature $T$"),
            widgets.IntSlider(**named),
            widgets.FloatLogSlider(**named),
            widgets.IntRangeSlider(**named),
            widgets.SelectionSlider(options=["low", "high"], **named),
            widgets.HBox(
                [widgets.Play(), widgets.ToggleButton(**named), widgets.ToggleButton(True, **named)]
            ),
            widgets.ToggleButtons(options=["on", "off"], **named),
            widgets.Dropdown(options=["one", "two"], **named),
            widgets.Checkbox(**named),
            widgets.RadioButtons(options=["this", "that"], **named),
            widgets.BoundedIntText(**named),
            widgets.Text(**named),
            widgets.Label("energy $E$"),
            widgets.HTML("<b>bold</b>"),
        ]
    )


def test_a_slider_moves_a_view_by_mouse_and_keyboard(show):
    slider, adder = widgets.FloatSlider(1, min=0, max=100, step=1, description="x"), Adder()
    widgets.jslink((slider, "value"), (adder, "x"))
    visit = show(slider, adder)
    assert visit.locator("output").text_content() == "3"
    handle = visit.get_by_role("slider", name="x")
    handle.focus()
    visit.keyboard.press("ArrowRight")
    assert visit.locator("output").text_content() == "4"
    visit.locator(".noUi-target").click()
    assert visit.locator("output").text_content() == "52"
    assert handle.get_attribute("aria-valuetext") == "50.00"
    assert visit.complaints == []


def test_controls_say_what_they_are(show):
    visit = show(some_of_each())
    slider = visit.get_by_role("slider", name="temperature T")
    assert slider.get_attribute("aria-valuetext") == "0.20"
    assert visit.get_by_role("slider", name="lower end of name").count() == 1
    assert visit.get_by_role("textbox", name="value of temperature T").count() == 1
    assert visit.get_by_role("button", name="play").count() == 1
    assert visit.get_by_role("button", name="name", pressed=True).count() == 1
    assert visit.locator("[title=null]").count() == 0
    assert visit.complaints == []


def test_labels_hold_formulas(show):
    visit = show(some_of_each())
    assert visit.locator("mjx-container").count() == 2
    assert "$" not in visit.locator("main").inner_text()


def test_a_changed_label_is_set_anew(show):
    slider, text = widgets.FloatSlider(description="$a$"), widgets.Text("$b$")
    widgets.jslink((text, "value"), (slider, "description"))
    visit = show(slider, text)
    visit.get_by_role("textbox").last.fill("now $c$ and $d$")
    visit.wait_for_function("document.querySelectorAll('mjx-container').length === 2")
    assert visit.complaints == []


def test_a_control_the_page_does_not_know_is_an_error(show):
    visit = show(widgets.Output())
    assert any("no widget OutputModel" in line for line in visit.complaints)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_controls_can_be_read(show, color_scheme):
    visit = show(some_of_each(), color_scheme=color_scheme)
    assert visit.faint("main") == []


def test_the_check_of_contrast_sees_what_is_faint(show):
    visit = show(some_of_each())
    visit.add_style_tag(
        content=".widget-label { color: #888 !important } .noUi-handle { border-color: #aaa !important }"
    )
    faint = " ".join(visit.faint("main"))
    assert "text of LABEL.widget-label" in faint
    assert "edge of DIV.noUi-handle" in faint
