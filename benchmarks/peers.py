# peers.py - calls other implementations of an entry on NumPy arrays.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# No peer is imported before load(). What a peer calls: peer_spelling.py.

import functools
import importlib
import importlib.metadata
import os
import warnings

import numpy as np

from peer_spelling import Unsupported, formula, function_of, language, spelling
from entries import BUILD, setting_name
from record_references import OPSET, model_inputs, product_model
from results import first_line

NAMES = ("torch", "inductor", "onednn", "xla", "onnxruntime", "openvino", "iree")


class Call:
    """What is timed. `read` makes an array from what the function returns. What the
    peer was asked to compute is `spelled`."""

    def __init__(self, function, read):
        self.function, self.read, self.last = function, read, None

    def run(self):
        # What was allocated last is given back first, as by a caller who is done.
        self.last = None
        self.last = self.function()

    def result(self):
        return np.array(self.read(self.last))


class Peer:
    modules = ()  # what has to be installed
    package = None  # whose version counts
    file = None  # of calls
    types = ("f32", "bf16", "f16")
    allocates = True
    slow = False  # whether it compiles for so long that a shape more matters
    name = None
    words = None  # the language of formulas, where functions can be composed

    def __init__(self, threads, formulas=False):
        self.threads, self.formulas = threads, formulas
        found = importlib.metadata.version(self.package).split("+")[0]
        self.version = f"{self.package} {found}"
        self.start()

    def start(self):
        """Imports, and sets the number of threads."""

    def call(self, factors, type_):
        """A call that was run, and arrays that share the memory of its operands."""
        raise NotImplementedError

    def factors(self, entry, setting, type_, arrays):
        try:
            return spelling(self.file, entry, setting, arrays)
        except Unsupported:
            if not (self.formulas and self.words):
                raise
            return formula(entry, setting, type_, arrays)

    def prepare(self, entry, setting, type_, arrays):
        if type_.name not in self.types:
            raise Unsupported(f"{self.name} does not take {type_.name}")
        factors = self.factors(entry, setting, type_, arrays)
        try:
            call, operands = self.call(factors, type_)
            read = np.asarray(call.read(call.last))
        except Unsupported:
            raise
        except NameError as error:
            raise Unsupported(f"{self.name} has no word for {error.name} of formulas") from error
        except Exception as error:  # each peer has its own kinds of them
            raise Unsupported(f"{self.name}: {first_line(error)}") from error
        if read.dtype != type_.dtype:
            raise Unsupported(f"{self.name} returns {read.dtype} for {type_.name}")
        shape = arrays[0].shape
        if entry.row_size:
            shape = (*shape[:-1], entry.row_size.of(shape[-1], setting))
        if read.shape != shape:
            raise Unsupported(f"{self.name} returns the shape {read.shape}, not {shape}")
        if any(np.shares_memory(read, o) for o in operands):
            raise Unsupported(f"{self.name} returns its operand")
        call.spelled = " * ".join(f.spelled for f in factors)
        return call


def _torch_view(torch, array):
    """A tensor in the memory of an array."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        if array.dtype.name == "bfloat16":
            return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(array)


class Torch(Peer):
    name, package, file, modules = "torch", "torch", "torch", ("torch",)
    types = ("f32", "bf16", "f16", "f64")

    def start(self):
        import torch

        self.torch, self.words = torch, language(torch.clamp, torch)
        torch.set_grad_enabled(False)
        torch.set_num_threads(self.threads)

    def read(self, type_):
        def read(tensor):
            if tensor.is_mkldnn:
                tensor = tensor.to_dense()
            if tensor.dtype != self.torch.bfloat16:
                return tensor.numpy()
            return tensor.view(self.torch.int16).numpy().view(type_.dtype)

        return read

    def constant(self, value, dtype):
        return _torch_view(self.torch, np.array(value, dtype))

    def call(self, factors, type_):
        function, arrays = function_of(factors, self.constant, self.words)
        tensors = [_torch_view(self.torch, a) for a in arrays]
        call = Call(functools.partial(self.compiled(function), *map(self.tensor, tensors)), None)
        call.read = self.read(type_)
        call.run()
        self.check(call.last, call.function.args, call.function.func)
        return call, arrays

    def compiled(self, function):
        return function

    def tensor(self, tensor):
        return tensor

    def check(self, result, operands, function):
        pass


class Inductor(Torch):
    name, modules, slow = "inductor", ("torch", "torch._inductor"), True

    def start(self):
        folder = BUILD / "inductor"
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(folder))
        # Threads of an OpenMP that wait in a loop would slow down whoever comes next.
        os.environ.setdefault("KMP_BLOCKTIME", "1")
        super().start()
        import torch._dynamo.config
        import torch._inductor.config
        import torch._inductor.metrics

        self.metrics, self.shared = torch._inductor.metrics, {}
        config = torch._inductor.config
        config.cpp.cxx = (os.environ.get("CXX", "clang++-22"),)
        config.cpp.threads = self.threads
        config.compile_threads = 1
        for name in ("recompile_limit", "accumulated_recompile_limit"):
            setattr(torch._dynamo.config, name, 1 << 20)

    def prepare(self, entry, setting, type_, arrays):
        # One thread runs an elementwise kernel as fast if sizes are known at run time
        # only: all sizes share it. Rows, and what each thread gets, depend on them.
        self.dynamic = self.threads == 1 and entry.shape != "row"
        ranks = tuple(min(a.size, 2) * 10 + a.ndim for a in arrays)
        self.key = (setting_name(entry, setting), type_.name, ranks)
        return super().prepare(entry, setting, type_, arrays)

    def compiled(self, function):
        self.kernels = self.metrics.generated_kernel_count
        if self.dynamic and self.key in self.shared:
            return self.shared[self.key]
        return self.torch.compile(function, fullgraph=True, dynamic=self.dynamic)

    def check(self, result, operands, function):
        if self.shared.get(self.key) is function:
            return
        if self.metrics.generated_kernel_count > self.kernels:
            self.shared[self.key] = function
        else:
            raise Unsupported(f"{self.name} compiles it to calls of torch's own kernels")


class OneDnn(Torch):
    name, types = "onednn", ("f32", "bf16")

    def tensor(self, tensor):
        return tensor.to_mkldnn()

    def check(self, result, operands, function):
        if not result.is_mkldnn or any(result is o for o in operands):
            raise Unsupported(f"{self.name} returns no tensor of its own")


class Xla(Peer):
    name, package, file, modules = "xla", "jax", "jax", ("jax", "jaxlib")

    def start(self):
        # XLA's pool has as many threads; only read when jax first needs a device.
        os.environ["NPROC"] = str(self.threads)
        os.environ["JAX_PLATFORMS"] = "cpu"
        import jax

        self.jax = jax
        self.words = language(jax.numpy.clip, jax.numpy, jax.lax)

    def constant(self, value, dtype):
        return np.array(value, dtype)

    def call(self, factors, type_):
        function, arrays = function_of(factors, self.constant, self.words)
        compiled = self.jax.jit(function)
        operands = [self.jax.device_put(a) for a in arrays]
        call = Call(lambda: compiled(*operands).block_until_ready(), np.asarray)
        call.run()
        return call, [np.asarray(o) for o in operands]


class OnnxRuntime(Peer):
    name, package, file = "onnxruntime", "onnxruntime", "onnxruntime"
    modules = ("onnxruntime", "onnx")
    types = ("f32", "bf16", "f16", "f64")
    allocates = False

    def start(self):
        import onnxruntime

        self.ort = onnxruntime
        onnxruntime.set_default_logger_severity(4)

    def call(self, factors, type_):
        model, arrays = _model(factors)
        options = self.ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        # Threads that wait in a loop would slow down whoever comes next.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        providers = ["CPUExecutionProvider"]
        session = self.ort.InferenceSession(model, options, providers=providers)
        from onnx import helper

        make = self.ort.OrtValue
        io = session.io_binding()
        for i, array in enumerate(arrays):
            number = helper.np_dtype_to_tensor_dtype(array.dtype)
            bits = array.view(type_.bits) if array.dtype == type_.dtype else array
            value = make.ortvalue_from_numpy_with_onnx_type(bits, number)
            io.bind_ortvalue_input(f"x{i}", value)
        # The first run tells the shape of the result.
        io.bind_output("y")
        session.run_with_iobinding(io)
        shape = io.get_outputs()[0].shape()
        memory = _result_memory(shape, type_.dtype, arrays)
        number = helper.np_dtype_to_tensor_dtype(memory.dtype)
        result = make.ortvalue_from_numpy_with_onnx_type(memory.view(type_.bits), number)
        io.clear_binding_outputs()
        io.bind_ortvalue_output("y", result)
        call = Call(functools.partial(session.run_with_iobinding, io), lambda _: memory)
        call.run()
        return call, arrays


class OpenVino(Peer):
    name, package, file = "openvino", "openvino", "onnxruntime"
    modules = ("openvino", "onnx")
    allocates = False

    def start(self):
        import openvino

        self.openvino = openvino
        self.core = openvino.Core()

    def call(self, factors, type_):
        model, arrays = _model(factors)
        element = getattr(self.openvino.Type, type_.name)
        config = {
            "INFERENCE_NUM_THREADS": self.threads,
            "PERFORMANCE_HINT": "LATENCY",
            # Who calls has chosen the cores.
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": element,
        }
        model = self.core.read_model(model)
        if model.get_output_element_type(0) != element:
            raise Unsupported(f"{self.name} makes another type of {type_.name}")
        compiled = self.core.compile_model(model, "CPU", config)
        request = compiled.create_infer_request()
        tensor = self.openvino.Tensor
        if any(a.dtype != type_.dtype for a in arrays):
            raise Unsupported(f"{self.name}: operands of several types")
        for i, array in enumerate(arrays):
            request.set_tensor(f"x{i}", tensor(array.view(type_.bits), list(array.shape), element))
        memory = _result_memory(list(compiled.output(0).shape), type_.dtype, arrays)
        request.set_output_tensor(tensor(memory.view(type_.bits), list(memory.shape), element))

        # The views that it returns are not looked at.
        run = functools.partial(request.infer, share_outputs=True)
        call = Call(run, lambda _: memory)
        call.run()
        return call, arrays


def _result_memory(shape, dtype, arrays):
    """Where a caller who knows caches puts a result: at the beginning of a line, and
    1024 bytes behind the last operand modulo the size of a page."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    buffer = np.empty(size + (1 << 13), np.uint8)
    wanted = -(-(arrays[-1].ctypes.data + 1024) // 64) * 64
    start = (wanted - buffer.ctypes.data) % 4096
    return buffer[start : start + size].view(dtype).reshape(shape)


def _model(factors):
    """The bytes of a model and its arrays."""
    newest = max(f.call.get("opset", OPSET) if f.call else OPSET for f in factors)
    if newest > OPSET:
        raise Unsupported(f"an operation of ONNX opset {newest} that is only specified")
    pairs = [(f.call, [v for _, v in f.operands]) for f in factors]
    return product_model(pairs).SerializeToString(), model_inputs(pairs)


class Iree(Xla):
    name, package, slow = "iree", "iree-base-compiler", True
    modules = ("jax", "jaxlib", "iree.compiler", "iree.runtime")

    def start(self):
        super().start()
        import iree.compiler
        import iree.runtime

        self.compiler, self.runtime = iree.compiler, iree.runtime
        if self.threads > 1:
            self.runtime.flags.parse_flags(f"--task_topology_group_count={self.threads}")
        driver = "local-sync" if self.threads == 1 else "local-task"
        self.config = self.runtime.Config(driver)

    def buffer(self, array, type_):
        """A view of a copy of the array, and its memory."""
        runtime = self.runtime
        element = runtime.HalElementType
        element = {
            "bool": element.BOOL_8,
            "float32": element.FLOAT_32,
            "float16": element.FLOAT_16,
            "bfloat16": element.BFLOAT_16,
        }[array.dtype.name]
        copy = self.config.device.allocator.allocate_buffer_copy(
            memory_type=runtime.MemoryType.DEVICE_LOCAL,
            allowed_usage=runtime.BufferUsage.DEFAULT,
            device=self.config.device,
            buffer=np.ascontiguousarray(array).reshape(-1).view(np.uint8),
            element_type=runtime.HalElementType.UINT_8,
        )
        return runtime.HalBufferView(copy.get_buffer(), list(array.shape), element)

    def call(self, factors, type_):
        function, arrays = function_of(factors, self.constant, self.words)
        text = self.jax.jit(function).lower(*arrays).as_text()
        compiled = self.compiler.compile_str(
            text,
            input_type="stablehlo",
            target_backends=["llvm-cpu"],
            extra_args=["--iree-llvmcpu-target-cpu=host"],
        )
        module = self.runtime.VmModule.copy_buffer(self.config.vm_instance, compiled)
        context = self.runtime.SystemContext(config=self.config)
        context.add_vm_module(module)
        main, invoke = module.lookup_function("main"), context.vm_context.invoke
        views = [self.buffer(a, type_) for a in arrays]
        operands = self.runtime.VmVariantList(len(views))
        for view in views:
            operands.push_ref(view)
        new_list = self.runtime.VmVariantList

        def run():
            results = new_list(1)
            invoke(main, operands, results)
            return results

        def memory(view, dtype):
            bits = {1: np.uint8, 2: np.uint16, 4: np.uint32}[np.dtype(dtype).itemsize]
            return view.map().asarray(list(view.shape), np.dtype(bits)).view(dtype)

        def read(results):
            return memory(results.get_as_object(0, self.runtime.HalBufferView), type_.dtype)

        call = Call(run, read)
        call.run()
        # The context owns what is run.
        call.context = context
        return call, [memory(v, a.dtype) for v, a in zip(views, arrays)]


PEERS = {p.name: p for p in (Torch, Inductor, OneDnn, Xla, OnnxRuntime, OpenVino, Iree)}
assert tuple(PEERS) == NAMES


def load(names=NAMES, threads=1, formulas=False):
    """The peers that are installed, and by name why others are missing. With
    `formulas`, what a peer has no function for is composed as the table has it."""
    found, missing = [], {}
    for name in names:
        if name not in PEERS:
            raise ValueError(f"no peer is called {name}: there are {', '.join(NAMES)}")
        module = None
        try:
            for module in PEERS[name].modules:
                importlib.import_module(module)
            found.append(PEERS[name](threads, formulas))
        except ModuleNotFoundError as error:
            missing[name] = f"{error.name} is not installed"
        except Exception as error:  # an installation that does not work
            missing[name] = f"{module} does not work: {first_line(error)}"
    return found, missing
