//===- act-compile.cpp - .mlir to LLVM IR, an object, a library -----------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../common/Input.h"
#include "../common/Remarks.h"
#include "act/Support/Libraries.h"
#include "act/Support/Multiversion.h"
#include "act/Support/Npy.h"
#include "act/Support/Optimize.h"
#include "act/Support/Target.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace mlir::act;
namespace cl = llvm::cl;

static cl::OptionCategory category("act-compile options");

static cl::opt<std::string> inputPath(cl::Positional, cl::desc("FILE"),
                                      cl::cat(category));
static cl::opt<std::string>
    outputPath("o", cl::value_desc("OUT.{ll,o,so}"), cl::Required,
               cl::cat(category),
               cl::desc("File to write: .ll LLVM IR, .o object, .so shared "
                        "library"));
static cl::opt<std::string>
    cpu("cpu", cl::init("native"), cl::cat(category),
        cl::value_desc("NAME[,NAME...]"),
        cl::desc("CPU to make code for: native (default), x86-64-v3, "
                 "neoverse-v1, or any other that LLVM knows. Of several, for "
                 "x86, the loader takes the widest that the machine is"));
static cl::opt<std::string> accuracy("accuracy", cl::value_desc("precise|fast"),
                                     cl::init("precise"), cl::cat(category),
                                     cl::desc("As in act-to-llvm"));
static cl::opt<unsigned>
    vectorBits("vector-bits", cl::init(0), cl::cat(category),
               cl::desc("Vector width, 0 (default) for the CPU's widest"));
static cl::opt<bool> scalable("scalable", cl::cat(category),
                              cl::desc("As in act-to-llvm"));
static FreeOptionName freeThreads("threads");
static cl::opt<unsigned> threads(
    "threads", cl::value_desc("N"), cl::init(1), cl::cat(category),
    cl::desc("Threads that share a large loop: 1 (default), or 0 for as many "
             "as OpenMP "
             "has. Other than 1, the code needs libomp, which a .so is "
             "linked to"));
static cl::opt<int64_t> streamBytes(
    "stream-bytes", cl::value_desc("N"), cl::init(-1), cl::cat(category),
    cl::desc("Bytes read and written from which on an elementwise op stores "
             "past the caches, 0 for never; -1 (default) for the size of the "
             "last-level cache"));
static cl::opt<unsigned> optLevel("O", cl::Prefix, cl::init(3),
                                  cl::cat(category),
                                  cl::desc("LLVM's optimization level, 0 to 3 "
                                           "(default)"));

static cl::opt<bool> matmulLibrary(
    "matmul-library", cl::cat(category),
    cl::desc("Products of matrices by calls of the functions in act-c/Matmul.h,"
             " which a .so is linked to; otherwise in loops of their own"));
static cl::opt<bool>
    remarks("remarks", cl::cat(category),
            cl::desc("Say how each op is put on vectors, and what it becomes"));

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

/// Writes an object file.
static llvm::Error emitObject(llvm::Module &module,
                              llvm::TargetMachine &machine,
                              llvm::raw_ostream &out) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr,
                                  llvm::CodeGenFileType::ObjectFile))
    return fail("no object files for this cpu");
  passes.run(module);
  out.write(bytes.data(), bytes.size());
  return llvm::Error::success();
}

/// Links an object into a shared library with the system's compiler, which
/// knows where its libraries are, or with lld alone, for another architecture.
static llvm::Error link(StringRef object, StringRef library,
                        const llvm::Triple &triple) {
  bool isNative = llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch() ==
                  triple.getArch();
  // Those of this machine are of no use elsewhere.
  auto libraries =
      getLibraries(isNative ? threads : 1, isNative && matmulLibrary);
  if (!libraries)
    return libraries.takeError();
  SmallVector<StringRef> names = {"ld.lld", "ld.lld-22"};
  if (isNative)
    names.insert(names.begin(), {"cc", "clang", "gcc"});
  for (StringRef name : names) {
    auto program = llvm::sys::findProgramByName(name);
    if (!program)
      continue;
    std::string message;
    SmallVector<StringRef> arguments = {*program, "-shared", "-o", library,
                                        object};
    // What the code calls, for those who load the library.
    SmallVector<std::string> paths;
    for (StringRef needed : *libraries)
      paths.push_back((name.contains("ld") ? "-rpath=" : "-Wl,-rpath=") +
                      llvm::sys::path::parent_path(needed).str());
    llvm::append_range(arguments, *libraries);
    llvm::append_range(arguments, paths);
    int status = llvm::sys::ExecuteAndWait(*program, arguments, std::nullopt,
                                           {}, 0, 0, &message);
    if (status == 0)
      return llvm::Error::success();
    return fail(*program + " failed to link" +
                (message.empty() ? "" : ": " + message));
  }
  return fail("no linker found on PATH (looked for " + llvm::join(names, ", ") +
              ")");
}

/// Links through temporary files, so that the library appears whole or not at
/// all.
static llvm::Error emitLibrary(llvm::Module &module,
                               llvm::TargetMachine &machine) {
  SmallString<128> object, library;
  if (std::error_code code =
          llvm::sys::fs::createTemporaryFile("act", "o", object))
    return fail("temporary file: " + code.message());
  llvm::FileRemover removeObject(object);
  llvm::sys::fs::createUniquePath(outputPath + ".%%%%%%", library,
                                  /*MakeAbsolute=*/false);
  llvm::FileRemover removeLibrary(library);
  std::error_code code;
  {
    llvm::raw_fd_ostream out(object, code);
    if (code)
      return fail("temporary file: " + code.message());
    if (llvm::Error error = emitObject(module, machine, out))
      return error;
  }
  if (llvm::Error error = link(object, library, machine.getTargetTriple()))
    return error;
  if ((code = llvm::sys::fs::rename(library, outputPath)))
    return fail("'" + outputPath + "': " + code.message());
  removeLibrary.releaseFile();
  return llvm::Error::success();
}

/// The LLVM IR of `module` for one CPU.
static llvm::Expected<std::unique_ptr<llvm::Module>>
makeVersion(ModuleOp module, const CpuTarget &target,
            llvm::LLVMContext &context) {
  auto machine = createTargetMachine(target, optLevel);
  if (!machine)
    return machine.takeError();
  LLVMPipelineOptions options;
  options.accuracy = accuracy;
  options.streamBytes = streamBytes;
  options.threads = threads;
  options.matmulLibrary = matmulLibrary;
  options.cpu = target.features.empty() ? target.cpu : "native";
  options.vectorBits = vectorBits;
  options.scalable = scalable;
  OwningOpRef<ModuleOp> lowered = module.clone();
  if (failed(lowerToLLVM(*lowered, options)))
    return fail("");
  auto result = translateModuleToLLVMIR(*lowered, context);
  if (!result)
    return fail("'" + inputPath + "' cannot be translated to LLVM IR");
  if (llvm::Error error = optimizeModule(*result, **machine, optLevel))
    return error;
  return result;
}

static llvm::Error run() {
  if (inputPath.empty())
    return fail("no FILE to compile; see --help");
  if (accuracy != "precise" && accuracy != "fast")
    return fail("--accuracy takes precise or fast, not '" + accuracy + "'");
  StringRef kind = llvm::sys::path::extension(outputPath);
  if (!llvm::is_contained({".ll", ".o", ".so"}, kind))
    return fail("'" + outputPath +
                "': the extension must be .ll, .o or .so, not '" + kind + "'");
  if (llvm::Error error = checkWritable(outputPath))
    return error;
  if (optLevel > 3)
    return fail("-O takes 0 to 3");
  auto targets = resolveCpus(cpu, vectorBits);
  if (!targets)
    return targets.takeError();

  MLIRContext context(getToolRegistry());
  if (remarks)
    printRemarks(context);
  Input input(context);
  if (llvm::Error error = input.parse(inputPath, context))
    return error;
  llvm::LLVMContext llvmContext;
  SmallVector<CpuVersion> versions;
  for (const CpuTarget &target : *targets) {
    auto module = makeVersion(input.getModule(), target, llvmContext);
    if (!module)
      return module.takeError();
    versions.push_back({target, std::move(*module)});
  }
  std::unique_ptr<llvm::Module> module = std::move(versions.front().module);
  CpuTarget emitted = targets->front();
  if (versions.size() > 1) {
    versions.front().module = std::move(module);
    auto merged = mergeVersions(std::move(versions));
    if (!merged)
      return merged.takeError();
    module = std::move(*merged);
    // Versions say themselves what they are for; what chooses one runs
    // anywhere.
    emitted.cpu = "x86-64";
    emitted.features.clear();
  }
  auto machine = createTargetMachine(emitted, optLevel);
  if (!machine)
    return machine.takeError();
  if (kind == ".so")
    return emitLibrary(*module, **machine);
  llvm::Error error = llvm::writeToOutput(
      outputPath, [&](llvm::raw_ostream &out) -> llvm::Error {
        if (kind == ".o")
          return emitObject(*module, **machine, out);
        module->print(out, nullptr);
        return llvm::Error::success();
      });
  if (error)
    return fail("'" + outputPath + "': " + llvm::toString(std::move(error)));
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  parseCommandLine(
      ArrayRef<const char *>(argv, argc),
      "act-compile: compile FILE for a CPU. Every public function f gets a C "
      "wrapper _mlir_ciface_f\n");
  return reportError("act-compile", run());
}
