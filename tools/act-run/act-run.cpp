//===- act-run.cpp - compile a function and call it -----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../common/Input.h"
#include "../common/Remarks.h"
#include "Elements.h"
#include "Entry.h"
#include "Npz.h"
#include "Shapes.h"
#include "Values.h"
#include "act/Support/Jit.h"
#include "act/Support/Libraries.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/StringSaver.h"

#include <chrono>

using namespace mlir;
using namespace mlir::act;
namespace cl = llvm::cl;

static cl::OptionCategory category("act-run options");

namespace {
enum class MatmulCode { Auto, Library, Loops };
} // namespace

static cl::opt<std::string> inputPath(cl::Positional, cl::desc("FILE"),
                                      cl::value_desc(".mlir file, - for stdin"),
                                      cl::cat(category));
static cl::opt<std::string>
    entry("entry", cl::value_desc("function"), cl::cat(category),
          cl::desc("Function to call; default: the only public one, or main"));
static cl::list<std::string>
    inputs("in", cl::value_desc("a.npy ..."), cl::cat(category),
           cl::desc("One array per argument, - for random values: a.npy, "
                    "w.npz:name, or w.npz for all in it in the order in which "
                    "they were saved. bf16 is read from 2-byte raw (V2) or u2 "
                    "data. Default: all random"));
static cl::list<std::string>
    outputs("out", cl::value_desc("y.npy ..."), cl::cat(category),
            cl::desc("Files for the results, in order; for a function without "
                     "results, one file for its last memref argument"));
static cl::list<std::string>
    shapes("shape", cl::value_desc("4x64 ..."), cl::cat(category),
           cl::desc("One shape per tensor or memref argument in order, or one "
                    "for all that it fits. Dynamic sizes that follow from "
                    "neither files nor shapes: 1024 innermost, 8 elsewhere"));
static cl::opt<bool> printAll("print", cl::cat(category),
                              cl::desc("Print all values, not just the first"));
static cl::opt<unsigned>
    bench("bench", cl::value_desc("N"), cl::init(0), cl::cat(category),
          cl::desc("Call N times and print the time per call"));
static cl::opt<uint64_t> seed("seed", cl::value_desc("S"), cl::init(0),
                              cl::cat(category),
                              cl::desc("Seed of the random values, which are "
                                       "uniform in [-4, 4) for floats"));
static cl::opt<std::string> accuracy("accuracy", cl::value_desc("precise|fast"),
                                     cl::init("precise"), cl::cat(category),
                                     cl::desc("As in act-to-llvm"));
static FreeOptionName freeThreads("threads");
static cl::opt<unsigned> threads(
    "threads", cl::value_desc("N"), cl::init(1), cl::cat(category),
    cl::desc("Threads that share a large loop or a product of matrices: 1 "
             "(default), or 0 for as many as OpenMP has"));
static cl::opt<int64_t> streamBytes(
    "stream-bytes", cl::value_desc("N"), cl::init(-1), cl::cat(category),
    cl::desc("Bytes read and written from which on an elementwise op stores "
             "past the caches, 0 for never; -1 (default) for the size of the "
             "last-level cache"));

static cl::opt<MatmulCode>
    matmul("matmul", cl::cat(category), cl::init(MatmulCode::Auto),
           cl::desc("Products of matrices:"),
           cl::values(clEnumValN(MatmulCode::Auto, "auto",
                                 "from a library if there is one (default)"),
                      clEnumValN(MatmulCode::Library, "library",
                                 "from oneDNN, which act was built with"),
                      clEnumValN(MatmulCode::Loops, "loops",
                                 "in loops of their own")));
static cl::opt<bool>
    remarks("remarks", cl::cat(category),
            cl::desc("Say how each op is put on vectors, and what it becomes"));

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

/// The arrays that are asked for, in order; none for random values.
static llvm::Expected<SmallVector<std::optional<NamedArray>>> readInputs() {
  SmallVector<std::optional<NamedArray>> arrays;
  for (const std::string &path : inputs) {
    if (path == "-") {
      arrays.emplace_back();
    } else if (isNpz(path)) {
      auto read = readNpz(path);
      if (!read)
        return read.takeError();
      llvm::append_range(arrays, std::move(*read));
    } else {
      auto read = readNpy(path);
      if (!read)
        return read.takeError();
      arrays.push_back(NamedArray{path, std::move(*read)});
    }
  }
  return arrays;
}

/// The shapes that files and options ask for, one for each argument.
static llvm::Expected<SmallVector<std::optional<Shape>>>
getWantedShapes(func::FuncOp func, ArrayRef<std::optional<NamedArray>> arrays) {
  SmallVector<Shape> given;
  for (const std::string &text : shapes) {
    auto shape = parseShape(text);
    if (!shape)
      return shape.takeError();
    given.push_back(*shape);
  }
  size_t numShaped =
      llvm::count_if(func.getArgumentTypes(), llvm::IsaPred<ShapedType>);
  if (given.size() > 1 && given.size() != numShaped)
    return fail("got " + llvm::Twine(given.size()) + " shapes for " +
                llvm::Twine(numShaped) + " tensor or memref arguments");
  auto takes = [&](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    if (!shaped || given.size() != 1)
      return shaped && !given.empty();
    return succeeded(verifyCompatibleShape(shaped.getShape(), given.front()));
  };
  if (!given.empty() && llvm::none_of(func.getArgumentTypes(), takes))
    return fail("no argument can have shape " + formatShape(given.front()));
  SmallVector<std::optional<Shape>> wanted;
  size_t next = 0;
  for (auto [index, type] : llvm::enumerate(func.getArgumentTypes())) {
    std::optional<Shape> &shape = wanted.emplace_back();
    if (takes(type))
      shape = given[given.size() == 1 ? 0 : next++];
    if (!arrays[index])
      continue;
    const Shape &actual = arrays[index]->array.shape;
    if (shape && *shape != actual)
      return fail("'" + arrays[index]->name + "' has shape " +
                  formatShape(actual) + ", not " + formatShape(*shape));
    if (!isa<ShapedType>(type) && !actual.empty())
      return fail("'" + arrays[index]->name + "' has shape " +
                  formatShape(actual) + ", expected a scalar");
    shape = actual;
  }
  return wanted;
}

/// Reads or makes up all arguments.
static llvm::Expected<SmallVector<std::unique_ptr<Argument>>>
makeArguments(func::FuncOp func) {
  size_t count = func.getNumArguments();
  auto arrays = readInputs();
  if (!arrays)
    return arrays.takeError();
  if (!arrays->empty() && arrays->size() != count)
    return fail("got " + llvm::Twine(arrays->size()) + " inputs for the " +
                llvm::Twine(count) + " arguments of @" + func.getName());
  arrays->resize(count);
  auto wanted = getWantedShapes(func, *arrays);
  if (!wanted)
    return wanted.takeError();
  auto chosen = chooseShapes(func, *wanted);
  if (!chosen)
    return chosen.takeError();

  std::mt19937_64 generator(seed);
  SmallVector<std::unique_ptr<Argument>> arguments;
  for (auto [index, type] : llvm::enumerate(func.getArgumentTypes())) {
    if (llvm::Error error = checkSize(type, (*chosen)[index]))
      return error;
    arguments.push_back(std::make_unique<Argument>(
        type, (*chosen)[index],
        isa<TensorType>(type) &&
            !func.getArgAttr(
                index,
                bufferization::BufferizationDialect::kWritableAttrName)));
    const std::optional<NamedArray> &given = (*arrays)[index];
    if (!given)
      arguments.back()->fillRandom(generator);
    else if (llvm::Error error = arguments.back()->fill(given->array))
      return fail("'" + given->name + "': " + llvm::toString(std::move(error)));
  }
  return arguments;
}

static void printTimes(SmallVector<double> nanoseconds) {
  llvm::sort(nanoseconds);
  llvm::outs() << llvm::format("time per call: min %.0f ns, median %.0f ns, ",
                               nanoseconds.front(),
                               nanoseconds[nanoseconds.size() / 2])
               << nanoseconds.size() << " calls\n";
}

/// What compiled code says before it aborts: sizes do not fit together. The
/// message is several lines, of which the one marked tells what is wrong.
static int reportSizes(const char *message) {
  SmallVector<StringRef> lines;
  StringRef(message).split(lines, '\n');
  llvm::errs() << "act-run: error: sizes do not fit together";
  for (StringRef line : lines)
    if (line.consume_front("^ "))
      llvm::errs() << ": " << line;
  llvm::errs() << "\n";
  return 0;
}
[[noreturn]] static void stop() { std::_Exit(1); }

static llvm::Error run() {
  if (inputPath.empty())
    return fail("no FILE to run; see --help");
  if (accuracy != "precise" && accuracy != "fast")
    return fail("--accuracy takes precise or fast, not '" + accuracy + "'");
  MLIRContext context(getToolRegistry());
  if (remarks)
    printRemarks(context);
  Input input(context);
  if (llvm::Error error = input.parse(inputPath, context))
    return error;
  ModuleOp module = input.getModule();
  auto func = findEntry(module, entry);
  if (!func)
    return func.takeError();
  if (llvm::Error error = removeOthers(module, *func))
    return error;
  *func = passVectorsInMemory(*func);
  SmallVector<Type> types = llvm::to_vector(func->getResultTypes());
  SmallVector<Type> argumentTypes = llvm::to_vector(func->getArgumentTypes());
  for (Type type : llvm::concat<Type>(types, argumentTypes))
    if (llvm::Error error = checkType(type))
      return error;
  std::optional<size_t> lastMemref;
  for (auto [index, type] : llvm::enumerate(argumentTypes))
    if (isa<MemRefType>(type))
      lastMemref = index;
  size_t numOutputs = types.empty() ? lastMemref.has_value() : types.size();
  if (outputs.size() > numOutputs)
    return fail("got " + llvm::Twine(outputs.size()) + " output files for " +
                llvm::Twine(numOutputs) + " results");
  for (const std::string &path : outputs)
    if (llvm::Error error = checkWritable(path))
      return error;
  auto arguments = makeArguments(*func);
  if (!arguments)
    return arguments.takeError();

  std::string name = func->getName().str();
  LLVMPipelineOptions options;
  options.accuracy = accuracy;
  options.streamBytes = streamBytes;
  options.threads = threads;
  options.verifySizes = true;
  options.matmulLibrary =
      matmul == MatmulCode::Library ||
      (matmul == MatmulCode::Auto && !getMatmulLibrary().empty());
  // The library reads it when it is loaded.
  if (threads == 1)
    setenv("OMP_NUM_THREADS", "1", /*overwrite=*/0);
  auto libraries = getLibraries(threads, options.matmulLibrary);
  if (!libraries)
    return libraries.takeError();
  auto target = resolveCpu("native");
  if (!target)
    return target.takeError();
  if (failed(lowerToLLVM(module, options)))
    return fail("");
  auto jit = Jit::create(module, *target, /*optLevel=*/3, *libraries);
  if (!jit)
    return jit.takeError();
  (*jit)->define("puts", reinterpret_cast<void *>(&reportSizes));
  (*jit)->define("abort", reinterpret_cast<void *>(&stop));
  auto function = (*jit)->lookup(name);
  if (!function)
    return function.takeError();

  Results results(types);
  SmallVector<void *> addresses;
  if (results.isFirstArgument())
    addresses.push_back(results.getAddress());
  for (std::unique_ptr<Argument> &argument : *arguments)
    addresses.push_back(argument->getAddress());
  if (!results.isFirstArgument())
    addresses.push_back(results.getAddress());

  // Inputs are shown as they are before the call, which may overwrite memrefs.
  for (auto [index, argument] : llvm::enumerate(*arguments))
    printArray(llvm::outs(), ("argument " + llvm::Twine(index)).str(),
               argument->getType(), argument->getArray(), printAll);
  (*function)(addresses.data());
  SmallVector<NpyArray> written;
  for (auto [index, type] : llvm::enumerate(types)) {
    written.push_back(results.getArray(index));
    printArray(llvm::outs(), ("result " + llvm::Twine(index)).str(), type,
               written.back(), printAll);
  }
  for (auto [index, argument] : llvm::enumerate(*arguments))
    if (isa<MemRefType>(argument->getType()))
      printArray(llvm::outs(),
                 ("argument " + llvm::Twine(index) + " after").str(),
                 argument->getType(), argument->getArray(), printAll);
  if (types.empty() && lastMemref)
    written.push_back((*arguments)[*lastMemref]->getArray());
  results.release(*arguments);

  SmallVector<double> times;
  for (unsigned i = 0; i < bench; ++i) {
    auto start = std::chrono::steady_clock::now();
    (*function)(addresses.data());
    auto end = std::chrono::steady_clock::now();
    times.push_back(
        std::chrono::duration<double, std::nano>(end - start).count());
    results.release(*arguments);
  }
  if (!times.empty())
    printTimes(std::move(times));
  for (auto [path, array] : llvm::zip(outputs, written))
    if (llvm::Error error = writeNpy(path, array))
      return error;
  return llvm::Error::success();
}

/// Lets `--in a b` and `--in=a b` mean `--in a --in b`, for each option that
/// takes a list, in what follows FILE.
static SmallVector<const char *> expandLists(ArrayRef<const char *> arguments,
                                             llvm::StringSaver &saver) {
  auto &options = cl::getRegisteredOptions();
  SmallVector<const char *> result = {arguments.front()};
  const char *list = nullptr;
  bool sawFile = false;
  for (size_t i = 1; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    bool isOption = argument.starts_with("-") && argument != "-";
    if (!isOption && sawFile && list)
      result.push_back(list);
    result.push_back(arguments[i]);
    if (!isOption) {
      sawFile = true;
      continue;
    }
    auto [name, value] = argument.split('=');
    auto found = options.find(name.ltrim('-'));
    const cl::Option *option = found == options.end() ? nullptr : found->second;
    bool isList = option && option->getNumOccurrencesFlag() == cl::ZeroOrMore &&
                  llvm::is_contained(option->Categories, &category);
    list = isList ? saver.save(name).data() : nullptr;
    // The value that follows the option itself.
    if (option && option->getValueExpectedFlag() == cl::ValueRequired &&
        name == argument && i + 1 < arguments.size())
      result.push_back(arguments[++i]);
  }
  return result;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  parseCommandLine(
      expandLists(ArrayRef<const char *>(argv, argc), saver),
      "act-run: compile a function of FILE for this machine and call it. "
      "Arguments and results are scalars, tensors, memrefs and vectors of "
      "fixed "
      "size\n");
  return reportError("act-run", run());
}
