"""Kernels as WebAssembly: the page runs the very functions the notebooks run.

LLVM, which numba brings along, can write WebAssembly. `build` takes the LLVM code of
jitted functions, keeps the kernels and what they call, and returns a module that a
browser loads. The module imports its memory and its stack pointer from `env`, exports the
kernels by name and carries their signatures, so that the page can check its calls.

A kernel for the page allocates nothing, raises nothing, prints nothing, and calls no
function of a C library: `ebm.maths` has an `exp` that is the same everywhere.
"""

import hashlib
import json
import re
from pathlib import Path

_FEATURES = "+bulk-memory,+sign-ext,+nontrapping-fptoint,+simd128"
_PACKAGE = Path(__file__).parent
_PROVIDED = {"__linear_memory", "__stack_pointer"}  # what shared.mjs gives a module
_KINDS = {
    "float64": "f8",
    "float32": "f4",
    "int64": "i8",
    "uint64": "u8",
    "int32": "i4",
    "int8": "i1",
    "uint8": "u1",
}


def build(kernels):
    """One WebAssembly module of several kernels.

    Parameters
    ----------
    kernels : dict of str to (jitted function, str)
        For each exported name the kernel and its numba signature, such as
        ``"float64(float64)"`` or ``"void(float64[:, ::1], uint64[::1])"``.

    Returns
    -------
    bytes
        Kept on disk beside the package where that can be written, and built anew when a
        source file of the package or a version changes.

    Raises
    ------
    TypeError
        If something is not a jitted function, or an argument's type has no counterpart in the page.
    ValueError
        If a kernel allocates, raises, prints, or calls a function the page does not have; the
        message says which and what to do.

    Examples
    --------
    >>> from ebm.maths import sigmoid
    >>> build({"sigmoid": (sigmoid, "float64(float64)")})[:4]
    b'\\x00asm'
    """
    if not kernels:
        raise ValueError(
            "kernels is empty; wanted a name, a jitted function and its signature for each kernel"
        )
    names = {name: _validated(name, *entry) for name, entry in kernels.items()}
    kept = _kept(kernels)
    if kept.exists():
        return kept.read_bytes()
    module = _with_exports(_object_code(names), names)
    try:
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(module)
    except OSError:  # a read-only installation builds each time
        return module
    return module


def _validated(name, function, signature):
    from numba.core import sigutils, types
    from numba.core.registry import CPUDispatcher

    if not isinstance(function, CPUDispatcher):
        raise TypeError(f"kernels[{name!r}] is {function!r}; wanted a numba-jitted function")
    try:
        arguments, result = sigutils.normalize_signature(signature)
    except Exception as error:  # numba raises whatever evaluating the text raises
        raise TypeError(
            f"kernels[{name!r}] has signature {signature!r}; wanted one like float64(float64)"
        ) from error
    if result is None:
        raise TypeError(f"kernels[{name!r}] has signature {signature!r}; wanted one with a result: void(...)")
    described = []
    for kind in (*arguments, result):
        scalar = kind.dtype if isinstance(kind, types.Array) else kind
        if kind is result and kind == types.void:
            described.append("void")
        elif str(scalar) not in _KINDS or (
            isinstance(kind, types.Array) and (kind.layout != "C" or kind is result)
        ):
            raise TypeError(
                f"kernels[{name!r}] takes or returns {kind}; "
                f"wanted contiguous arrays and scalars of {', '.join(_KINDS)}"
            )
        else:
            described.append(_KINDS[str(scalar)] + (f":{kind.ndim}" if isinstance(kind, types.Array) else ""))
    return function, arguments, result, described


def _kept(kernels):
    """The file that holds the bytes, named by all they depend on."""
    import llvmlite
    import numba

    key = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__} {_FEATURES}".encode())
    for name, (function, signature) in kernels.items():
        key.update(
            f"{name} {function.py_func.__module__}.{function.py_func.__qualname__} {signature}".encode()
        )
        key.update(Path(function.py_func.__code__.co_filename).read_bytes())
    for source in sorted(_PACKAGE.rglob("*.py")):
        key.update(source.read_bytes())
    return _cache_folder() / f"{key.hexdigest()[:32]}.wasm"


def _cache_folder():
    return _PACKAGE / "__pycache__"


def _object_code(kernels):
    """Compile, link and optimise for wasm32; LLVM's object file."""
    import llvmlite.binding as llvm
    from numba import njit

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple("wasm32-unknown-unknown").create_target_machine(
        opt=3, features=_FEATURES
    )
    linked, symbols = None, {}
    for name, (function, arguments, result, _) in kernels.items():
        # A function from numba's disk cache has no LLVM text, so a fresh one is compiled.
        fresh = njit(error_model="numpy")(function.py_func)
        fresh.compile(result(*arguments))
        overload = fresh.overloads[arguments]
        symbols[overload.fndesc.mangled_name] = name
        text = _for_wasm(overload.library.get_llvm_str())
        module = llvm.parse_assembly(text)
        module.get_function(overload.fndesc.mangled_name).linkage = "external"
        if linked is None:
            linked = module
        else:
            linked.link_in(module)
    for function in linked.functions:
        if function.name in symbols:
            function.name = symbols[function.name]
        elif not function.is_declaration:
            function.linkage = "internal"
    linked.data_layout = str(machine.target_data)
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    passes.getModulePassManager().run(linked, passes)
    code = machine.emit_object(linked)
    _refuse_what_no_page_has(code, linked, kernels)
    return code


def _for_wasm(text):
    """LLVM text for the host, without what names the host."""
    text = re.sub(r'^target triple = ".*"$', 'target triple = "wasm32-unknown-unknown"', text, flags=re.M)
    text = re.sub(r'^target datalayout = ".*"\n', "", text, flags=re.M)
    text = re.sub(r'"target-(cpu|features)"="[^"]*"', "", text)
    text = re.sub(r"= common (local_unnamed_addr )?global", r"= internal \1global", text)
    # Arrays handed in by the page have no owner to count references for.
    text = re.sub(
        r"(define [^\n]*@NRT_(?:inc|dec)ref\([^\n]*\{\n).*?\n\}", r"\1  ret void\n}", text, flags=re.S
    )
    # Only numba's wrappers, which go, name intrinsics of the host.
    return re.sub(r"@llvm\.(x86|aarch64)\.", r"@host.\1.", text)


def _refuse_what_no_page_has(code, module, kernels):
    missing = [name for name in _imports(code) if name not in _PROVIDED]
    raising = any("picklebuf" in variable.name for variable in module.global_variables)
    if not missing and not raising:
        return
    if len(kernels) > 1:  # which of them is it?
        for name, entry in kernels.items():
            _object_code({name: entry})
    (name,) = kernels
    if any(symbol.startswith("NRT_") for symbol in missing):
        raise ValueError(f"kernel {name!r} allocates memory; hand it its arrays as arguments instead")
    if any(symbol.startswith(("Py", "numba_")) for symbol in missing):
        raise ValueError(f"kernel {name!r} calls Python ({', '.join(missing)}); a page has none")
    if raising:
        raise ValueError(f"kernel {name!r} raises an exception; check the arguments before the call instead")
    raise ValueError(
        f"kernel {name!r} calls {', '.join(missing)}, which differs from one system to the next "
        "and is not in the page; ebm.maths has functions that are the same everywhere"
    )


def _imports(code):
    """The names an object file imports, from its section 2."""
    for kind, body in _sections(code):
        if kind != 2:
            continue
        count, at = _read_leb(body, 0)
        for _ in range(count):
            _, at = _read_string(body, at)
            name, at = _read_string(body, at)
            yield name
            what, at = body[at], at + 1
            if what == 3:  # a global: its type, and whether it can change
                at += 2
            elif what == 0:  # a function: the index of its type
                _, at = _read_leb(body, at)
            else:  # a table: the type of its entries; then, as for a memory, whether it ends and its limits
                flags, at = _read_leb(body, at + (what == 1))
                for _ in range(2 if flags & 1 else 1):
                    _, at = _read_leb(body, at)


def _with_exports(code, kernels):
    """The object file as a module: its kernels exported, the linker's notes left out, the signatures added."""
    sections = list(_sections(code))
    places = _function_places(sections, kernels)
    exports = b"".join(_string(name) + b"\x00" + _leb(place) for name, place in places.items())
    signatures = json.dumps({name: described for name, (*_, described) in kernels.items()}).encode()
    module = bytearray(code[:8])
    for kind, body in sections:
        if kind == 0:
            continue
        if kind > 7 and exports:
            module += _section(7, _leb(len(places)) + exports)
            exports = b""
        module += _section(kind, body)
    return bytes(module + _section(0, _string("ebm.signatures") + signatures))


def _sections(code):
    at = 8
    while at < len(code):
        kind = code[at]
        size, at = _read_leb(code, at + 1)
        yield kind, code[at : at + size]
        at += size


def _function_places(sections, kernels):
    """Each kernel's index among the functions, from the symbol table of the section `linking`."""
    for kind, body in sections:
        if kind != 0:
            continue
        title, at = _read_string(body, 0)
        if title != "linking":
            continue
        _, at = _read_leb(body, at)
        while at < len(body):
            subsection = body[at]
            size, at = _read_leb(body, at + 1)
            if subsection == 8:
                found = dict(_symbols(body[at : at + size]))
                return {name: found[name] for name in kernels}
            at += size
    raise ValueError("LLVM wrote an object file without a symbol table")


def _symbols(table):
    """(name, index) of each function defined in a WASM_SYMBOL_TABLE."""
    count, at = _read_leb(table, 0)
    for _ in range(count):
        kind = table[at]
        flags, at = _read_leb(table, at + 1)
        undefined, named = flags & 0x10, flags & 0x40
        if kind == 1:  # data: a name, and where it lies if it is defined here
            _, at = _read_string(table, at)
            for _ in range(0 if undefined else 3):
                _, at = _read_leb(table, at)
        elif kind == 3:  # a section
            _, at = _read_leb(table, at)
        else:  # function, global, event, table
            index, at = _read_leb(table, at)
            if not undefined or named:
                name, at = _read_string(table, at)
                if kind == 0 and not undefined:
                    yield name, index


def _leb(value):
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def _read_leb(code, at):
    value = shift = 0
    while True:
        byte = code[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at


def _string(text):
    return _leb(len(text.encode())) + text.encode()


def _read_string(code, at):
    size, at = _read_leb(code, at)
    return code[at : at + size].decode(), at + size


def _section(kind, body):
    return bytes([kind]) + _leb(len(body)) + body
