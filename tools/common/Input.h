//===- Input.h - what the command-line tools start with ---------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TOOLS_COMMON_INPUT_H
#define ACT_TOOLS_COMMON_INPUT_H

#include "act/InitAll.h"
#include "act/Pipelines/Pipelines.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace mlir::act {

/// All dialects, with what takes them to LLVM IR.
inline DialectRegistry getToolRegistry() {
  DialectRegistry registry;
  act::registerAllDialects(registry);
  registerAllToLLVMIRTranslations(registry);
  return registry;
}

/// Frees the name of an option that LLVM's libraries bring along, for a tool's
/// own one: to be defined in front of that.
struct FreeOptionName {
  FreeOptionName(StringRef name) {
    auto &options = llvm::cl::getRegisteredOptions();
    auto found = options.find(name);
    if (found != options.end())
      found->second->removeArgument();
  }
};

/// A file with the errors about it, which go to stderr as they come up, a line
/// each.
class Input {
public:
  explicit Input(MLIRContext &context) : handler(&context, printLine) {
    context.printOpOnDiagnostic(false);
  }

  /// Parses the file. A message is in the error only if there is no diagnostic
  /// already.
  llvm::Error parse(StringRef path, MLIRContext &context) {
    std::string message;
    auto file = openInputFile(path, &message);
    if (!file)
      return llvm::createStringError(message);
    // Shared: resources of bytecode stay where they are in the file.
    auto sources = std::make_shared<llvm::SourceMgr>();
    sources->AddNewSourceBuffer(std::move(file), llvm::SMLoc());
    module = parseSourceFile<ModuleOp>(sources, &context);
    return module ? llvm::Error::success() : llvm::createStringError("");
  }

  ModuleOp getModule() { return *module; }

private:
  static void printLine(Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return;
    diagnostic.getLocation()->walk([](Location location) {
      auto place = dyn_cast<FileLineColLoc>(location);
      if (!place)
        return WalkResult::advance();
      llvm::errs() << place.getFilename().getValue() << ":" << place.getLine()
                   << ":" << place.getColumn() << ": ";
      return WalkResult::interrupt();
    });
    llvm::errs() << "error: " << diagnostic << "\n";
  }

  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
};

/// Parses the command line. A mistake in it ends the program with one line,
/// without LLVM's guesses about what was meant.
inline void parseCommandLine(ArrayRef<const char *> arguments,
                             StringRef overview) {
  std::string text;
  llvm::raw_string_ostream errors(text);
  if (llvm::cl::ParseCommandLineOptions(static_cast<int>(arguments.size()),
                                        arguments.data(), overview, &errors))
    return;
  // Of a missing option LLVM has told already.
  if (!text.empty())
    llvm::errs() << StringRef(text).split('\n').first << "\n";
  std::exit(1);
}

/// Prints an error, if there is one with a message, and returns the exit code.
inline int reportError(StringRef tool, llvm::Error error) {
  if (!error)
    return 0;
  std::string message = llvm::toString(std::move(error));
  if (!message.empty())
    llvm::errs() << tool << ": error: " << message << "\n";
  return 1;
}

} // namespace mlir::act

#endif // ACT_TOOLS_COMMON_INPUT_H
