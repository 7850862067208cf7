//===- Entry.cpp - the function to call -----------------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entry.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
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

/// A tensor for a vector that has a layout in memory. Vectors of i1 are packed.
static Type getMemoryType(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector || vector.isScalable() || vector.getElementType().isInteger(1))
    return type;
  return RankedTensorType::get(vector.getShape(), vector.getElementType());
}

func::FuncOp mlir::act::passVectorsInMemory(func::FuncOp entry) {
  auto arguments = llvm::map_to_vector(entry.getArgumentTypes(), getMemoryType);
  auto results = llvm::map_to_vector(entry.getResultTypes(), getMemoryType);
  if (TypeRange(arguments) == TypeRange(entry.getArgumentTypes()) &&
      TypeRange(results) == TypeRange(entry.getResultTypes()))
    return entry;

  auto module = entry->getParentOfType<ModuleOp>();
  SymbolTable symbols(module);
  std::string name = entry.getName().str();
  if (failed(symbols.renameToUnique(entry, {})))
    return entry;
  entry.setPrivate();
  auto b = ImplicitLocOpBuilder::atBlockEnd(entry.getLoc(), module.getBody());
  auto func =
      func::FuncOp::create(b, name, b.getFunctionType(arguments, results));
  b.setInsertionPointToStart(func.addEntryBlock());

  Value zero = arith::ConstantIndexOp::create(b, 0);
  auto getStart = [&](VectorType type) {
    return SmallVector<Value>(type.getRank(), zero);
  };
  auto getInBounds = [](VectorType type) {
    return SmallVector<bool>(type.getRank(), true);
  };
  SmallVector<Value> operands;
  for (auto [argument, type] :
       llvm::zip_equal(func.getArguments(), entry.getArgumentTypes())) {
    operands.push_back(argument);
    auto vector = dyn_cast<VectorType>(type);
    if (vector && argument.getType() != type)
      operands.back() =
          vector::TransferReadOp::create(b, vector, argument, getStart(vector),
                                         std::nullopt, getInBounds(vector));
  }
  SmallVector<Value> returned;
  auto call = func::CallOp::create(b, entry, operands);
  for (auto [value, type] : llvm::zip_equal(call.getResults(), results)) {
    returned.push_back(value);
    auto vector = dyn_cast<VectorType>(value.getType());
    if (!vector || vector == type)
      continue;
    Value room =
        tensor::EmptyOp::create(b, vector.getShape(), vector.getElementType());
    returned.back() = vector::TransferWriteOp::create(
                          b, value, room, getStart(vector), getInBounds(vector))
                          .getResult();
  }
  func::ReturnOp::create(b, returned);
  return func;
}
