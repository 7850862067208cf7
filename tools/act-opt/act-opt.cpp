//===- act-opt.cpp - mlir-opt with the act dialect ------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Entry.h"
#include "act/InitAll.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"

namespace {
enum class ListFormat { None, Text, Json };
} // namespace

int main(int argc, char **argv) {
  llvm::cl::opt<ListFormat> list(
      "act-list", llvm::cl::ValueOptional, llvm::cl::init(ListFormat::None),
      llvm::cl::desc("Print the table of activations and exit"),
      llvm::cl::values(
          clEnumValN(ListFormat::Text, "", "for people"),
          clEnumValN(ListFormat::Text, "text", "for people"),
          clEnumValN(ListFormat::Json, "json", "everything, for programs")));
  llvm::InitLLVM init(argc, argv);
  mlir::DialectRegistry registry;
  mlir::act::registerAllDialects(registry);
  mlir::registerAllPasses();
  mlir::act::registerAllPasses();
  auto [input, output] = mlir::registerAndParseCLIOptions(
      argc, argv, "act optimizer driver\n", registry);
  if (list != ListFormat::None) {
    mlir::MLIRContext context;
    context.loadDialect<mlir::act::ActDialect>();
    llvm::json::Array entries = mlir::act::getEntries(context);
    if (list == ListFormat::Text)
      mlir::act::printEntries(llvm::outs(), entries);
    else
      llvm::outs() << llvm::formatv("{0:2}\n",
                                    llvm::json::Value(std::move(entries)));
    return 0;
  }
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, input, output, registry));
}
