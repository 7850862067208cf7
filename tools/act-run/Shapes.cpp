//===- Shapes.cpp - the sizes of a function's arguments -------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shapes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/CastInterfaces.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::act;

/// Sizes of dynamic dimensions that nobody speaks of: the last, and the others.
static constexpr int64_t kDefaultInnerSize = 1024;
static constexpr int64_t kDefaultOuterSize = 8;

llvm::Expected<Shape> mlir::act::parseShape(StringRef text) {
  Shape shape;
  if (text == "scalar")
    return shape;
  SmallVector<StringRef> parts;
  text.split(parts, 'x');
  for (StringRef part : parts) {
    int64_t size;
    if (part.getAsInteger(10, size) || size < 0)
      return llvm::createStringError("'" + text +
                                     "' is not a shape such as 4x64");
    shape.push_back(size);
  }
  return shape;
}

std::string mlir::act::formatShape(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(llvm::map_range(shape,
                                    [](int64_t size) {
                                      return ShapedType::isDynamic(size)
                                                 ? std::string("?")
                                                 : std::to_string(size);
                                    }),
                    "x");
}

namespace {
/// Sets of dimensions that must be of one size.
class SizeClasses {
public:
  explicit SizeClasses(func::FuncOp func) {
    func->getParentOfType<ModuleOp>().walk([&](Operation *op) { visit(op); });
  }

  /// The set that dimension `dim` of `value` is in.
  unsigned get(Value value, unsigned dim) {
    auto [entry, isNew] = ids.try_emplace({value, dim}, 0);
    if (isNew)
      entry->second = create(cast<ShapedType>(value.getType()).getDimSize(dim));
    return find(entry->second);
  }

  /// The size of a set, dynamic where unknown.
  int64_t getSize(unsigned id) { return sizes[find(id)]; }

  /// Fixes a size. Fails if it is known to be another.
  bool setSize(unsigned id, int64_t size) {
    int64_t &known = sizes[find(id)];
    if (ShapedType::isDynamic(known))
      known = size;
    return known == size;
  }

private:
  unsigned create(int64_t size) {
    parents.push_back(parents.size());
    sizes.push_back(size);
    return parents.back();
  }

  unsigned find(unsigned id) {
    while (parents[id] != id)
      id = parents[id] = parents[parents[id]];
    return id;
  }

  void unite(unsigned a, unsigned b) {
    a = find(a), b = find(b);
    if (a == b)
      return;
    parents[b] = a;
    if (ShapedType::isDynamic(sizes[a]))
      sizes[a] = sizes[b];
  }

  void visit(Operation *op) {
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
      return visitLinalg(linalgOp);
    if (auto call = dyn_cast<func::CallOp>(op))
      return visitCall(call);
    if (!OpTrait::hasElementwiseMappableTraits(op) &&
        !op->hasTrait<OpTrait::SameOperandsAndResultShape>() &&
        !isa<CastOpInterface, memref::CopyOp>(op))
      return;
    SmallVector<Value> values = llvm::to_vector(op->getOperands());
    llvm::append_range(values, op->getResults());
    llvm::erase_if(values, [](Value value) { return !isBuffer(value); });
    for (Value value : values)
      uniteShapes(values.front(), value);
  }

  static bool isBuffer(Value value) {
    return isa<RankedTensorType, MemRefType>(value.getType());
  }

  void uniteShapes(Value a, Value b) {
    if (!isBuffer(a) || !isBuffer(b))
      return;
    int64_t rank = cast<ShapedType>(a.getType()).getRank();
    if (cast<ShapedType>(b.getType()).getRank() != rank)
      return;
    for (unsigned dim : llvm::seq<unsigned>(rank))
      unite(get(a, dim), get(b, dim));
  }

  /// Sizes pass through a call into a function that nobody else calls; others
  /// may be called with several.
  void visitCall(func::CallOp call) {
    auto module = call->getParentOfType<ModuleOp>();
    auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
    if (!callee || callee.isExternal() || callee.isPublic())
      return;
    auto uses = SymbolTable::getSymbolUses(callee, module);
    if (!uses || !llvm::hasSingleElement(*uses))
      return;
    for (auto [operand, argument] :
         llvm::zip_equal(call.getOperands(), callee.getArguments()))
      uniteShapes(operand, argument);
    callee.walk([&](func::ReturnOp op) {
      for (auto [result, returned] :
           llvm::zip_equal(call.getResults(), op.getOperands()))
        uniteShapes(result, returned);
    });
  }

  void visitLinalg(linalg::LinalgOp op) {
    SmallVector<unsigned> loops;
    for (unsigned loop = 0, e = op.getNumLoops(); loop != e; ++loop)
      loops.push_back(create(ShapedType::kDynamic));
    auto visitValue = [&](Value value, AffineMap map) {
      if (!isBuffer(value))
        return;
      for (auto [dim, expr] : llvm::enumerate(map.getResults()))
        if (auto loop = dyn_cast<AffineDimExpr>(expr))
          unite(get(value, dim), loops[loop.getPosition()]);
    };
    for (OpOperand &operand : op->getOpOperands())
      visitValue(operand.get(), op.getMatchingIndexingMap(&operand));
    for (OpResult result : op->getResults())
      visitValue(result, op.getMatchingIndexingMap(
                             op.getDpsInitOperand(result.getResultNumber())));
  }

  DenseMap<std::pair<Value, unsigned>, unsigned> ids;
  SmallVector<unsigned> parents;
  SmallVector<int64_t> sizes;
};
} // namespace

llvm::Expected<SmallVector<Shape>>
mlir::act::chooseShapes(func::FuncOp func,
                        ArrayRef<std::optional<Shape>> wanted) {
  SizeClasses classes(func);
  for (BlockArgument arg : func.getArguments()) {
    const std::optional<Shape> &shape = wanted[arg.getArgNumber()];
    auto type = dyn_cast<ShapedType>(arg.getType());
    if (!type || !shape)
      continue;
    std::string what =
        ("argument " + llvm::Twine(arg.getArgNumber()) + " has shape " +
         formatShape(*shape) + ", expected " + formatShape(type.getShape()))
            .str();
    if (shape->size() != static_cast<size_t>(type.getRank()))
      return llvm::createStringError(what);
    for (auto [dim, size] : llvm::enumerate(*shape)) {
      if (!type.isDynamicDim(dim) && type.getDimSize(dim) != size)
        return llvm::createStringError(what);
      unsigned id = classes.get(arg, dim);
      if (!classes.setSize(id, size))
        return llvm::createStringError(
            "argument " + llvm::Twine(arg.getArgNumber()) + " has size " +
            llvm::Twine(size) + " in dimension " + llvm::Twine(dim) +
            " where the function needs " + llvm::Twine(classes.getSize(id)));
    }
  }

  SmallVector<Shape> result;
  for (BlockArgument arg : func.getArguments()) {
    Shape &shape = result.emplace_back();
    auto type = dyn_cast<ShapedType>(arg.getType());
    if (!type)
      continue;
    for (unsigned dim : llvm::seq<unsigned>(type.getRank())) {
      unsigned id = classes.get(arg, dim);
      bool isInner = dim + 1 == type.getRank();
      if (ShapedType::isDynamic(classes.getSize(id)))
        classes.setSize(id, isInner ? kDefaultInnerSize : kDefaultOuterSize);
      shape.push_back(classes.getSize(id));
      if (!type.isDynamicDim(dim) && type.getDimSize(dim) != shape.back())
        return llvm::createStringError(
            "argument " + llvm::Twine(arg.getArgNumber()) + " has size " +
            llvm::Twine(type.getDimSize(dim)) + " in dimension " +
            llvm::Twine(dim) + " where the function needs " +
            llvm::Twine(shape.back()));
    }
  }
  return result;
}
