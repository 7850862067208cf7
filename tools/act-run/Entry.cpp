//===- Entry.cpp - the function to call -----------------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entry.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::act;

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

llvm::Expected<func::FuncOp> mlir::act::findEntry(ModuleOp module,
                                                  StringRef name) {
  SmallVector<func::FuncOp> candidates;
  for (auto func : module.getOps<func::FuncOp>()) {
    if (func.isDeclaration())
      continue;
    if (!name.empty() && func.getName() == name)
      return func.isPublic() ? llvm::Expected<func::FuncOp>(func)
                             : fail("@" + name + " is private");
    if (func.isPublic())
      candidates.push_back(func);
  }
  if (!name.empty())
    return fail("there is no function @" + name);
  for (func::FuncOp func : candidates)
    if (candidates.size() == 1 || func.getName() == "main")
      return func;
  if (candidates.empty())
    return fail("there is no public func.func to call");
  return fail("there are several public functions; choose one with --entry");
}

llvm::Error mlir::act::removeOthers(ModuleOp module, func::FuncOp entry) {
  for (auto func : module.getOps<func::FuncOp>())
    if (func != entry)
      func.setPrivate();
  PassManager pm(module.getContext());
  pm.addPass(createSymbolDCEPass());
  if (failed(pm.run(module)))
    return fail("");
  for (auto func : module.getOps<func::FuncOp>())
    if (func.isDeclaration())
      return fail("@" + func.getName() + " is declared but not defined");
  return llvm::Error::success();
}
