//===- MatmulToLibrary.cpp - act-matmul-to-library ------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatmulInfo.h"
#include "act-c/Matmul.h"
#include "act/Transforms/Matmul.h"
#include "act/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTMATMULTOLIBRARY
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
/// Matrices in an operand of rank two or more, the loops of whose rows and
/// columns are among the operand's dimensions.
struct Matrix {
  Value memref;
  AffineMap map;
  unsigned rowLoop, columnLoop;

  std::optional<unsigned> findDim(unsigned loop) const {
    return map.getResultPosition(getAffineDimExpr(loop, map.getContext()));
  }
  unsigned getDim(unsigned loop) const { return *findDim(loop); }
  int64_t getStride(unsigned loop) const {
    return cast<MemRefType>(memref.getType())
        .getStridesAndOffset()
        .first[getDim(loop)];
  }
  bool isRowMajor() const { return getStride(columnLoop) == 1; }
  bool hasUnitStride() const { return isRowMajor() || getStride(rowLoop) == 1; }
};

/// A product of matrices in memory for each step of the loops `outer`: those of
/// a batch, and further rows and columns.
struct Product {
  Matrix a, b, c;
  SmallVector<unsigned> outer;
};
} // namespace

/// The loop of `loops` that is innermost in `map`; the others are added to
/// `outer`.
static unsigned takeInnermost(ArrayRef<unsigned> loops, AffineMap map,
                              SmallVectorImpl<unsigned> &outer) {
  auto getPlace = [&](unsigned loop) {
    return *map.getResultPosition(getAffineDimExpr(loop, map.getContext()));
  };
  unsigned innermost = *llvm::max_element(
      loops, [&](unsigned x, unsigned y) { return getPlace(x) < getPlace(y); });
  llvm::copy_if(loops, std::back_inserter(outer),
                [&](unsigned loop) { return loop != innermost; });
  return innermost;
}

static FailureOr<Product> matchProduct(linalg::LinalgOp op) {
  if (!op.hasPureBufferSemantics() || getLibraryFunction(op).empty())
    return failure();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  auto dims = inferMatmulDims(maps);
  SmallVector<unsigned> outer = llvm::to_vector(dims->batch);
  unsigned m = takeInnermost(dims->m, maps[2], outer);
  unsigned n = takeInnermost(dims->n, maps[2], outer);
  unsigned k = dims->k.front();
  return Product{{op->getOperand(0), maps[0], m, k},
                 {op->getOperand(1), maps[1], k, n},
                 {op->getOperand(2), maps[2], m, n},
                 outer};
}

/// The transpose of a product is that of the transposes, swapped.
static void transpose(Product &product) {
  std::swap(product.a, product.b);
  for (Matrix *matrix : {&product.a, &product.b, &product.c})
    std::swap(matrix->rowLoop, matrix->columnLoop);
}

//===----------------------------------------------------------------------===//
// What is in the result before
//===----------------------------------------------------------------------===//

static Value getRoot(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  return memref;
}

/// Whether `op` may touch the buffer `root`, which is allocated in the function
/// if it does not.
static bool mayTouch(Operation *op, Value root) {
  if (isMemoryEffectFree(op) || isa<memref::AllocOp, memref::AllocaOp>(op))
    return false;
  if (!isa<linalg::LinalgOp>(op) || !root.getDefiningOp<memref::AllocOp>())
    return true;
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    if (!isa<MemRefType>(operand.getType()))
      return false;
    Value other = getRoot(operand);
    bool isArgument =
        isa<BlockArgument>(other) &&
        isa<FunctionOpInterface>(other.getParentBlock()->getParentOp());
    bool isOther =
        isArgument || isa_and_present<memref::AllocOp, memref::GetGlobalOp>(
                          other.getDefiningOp());
    return other == root || !isOther;
  });
}

/// The fill that clears the result of `op`, if that is all that happens to it
/// before.
static linalg::FillOp findClear(linalg::LinalgOp op) {
  Value result = op.getDpsInits().front();
  for (Operation *before = op->getPrevNode(); before;
       before = before->getPrevNode()) {
    if (auto fill = dyn_cast<linalg::FillOp>(before);
        fill && fill.getOutputs().front() == result)
      return matchPattern(fill.getInputs().front(), m_PosZeroFloat())
                 ? fill
                 : linalg::FillOp();
    if (mayTouch(before, getRoot(result)))
      break;
  }
  return {};
}

//===----------------------------------------------------------------------===//
// The call
//===----------------------------------------------------------------------===//

static FunctionType getFunctionType(Builder &b) {
  Type size = b.getI64Type();
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  return b.getFunctionType({size, size, size, pointer, size, pointer, size,
                            pointer, size, b.getI32Type()},
                           {});
}

/// The declaration of a function; none if something else has its name.
static func::FuncOp declareFunction(OpBuilder &b, ModuleOp module,
                                    StringRef name) {
  if (Operation *known = module.lookupSymbol(name)) {
    auto declared = dyn_cast<func::FuncOp>(known);
    return declared && declared.getFunctionType() == getFunctionType(b)
               ? declared
               : func::FuncOp();
  }
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  auto func =
      func::FuncOp::create(b, module.getLoc(), name, getFunctionType(b));
  func.setPrivate();
  return func;
}

namespace {
/// A matrix as it is passed: `sizes` and `strides` are those of its operand.
struct PassedMatrix {
  PassedMatrix(ImplicitLocOpBuilder &b, const Matrix &matrix)
      : matrix(matrix),
        metadata(memref::ExtractStridedMetadataOp::create(b, matrix.memref)),
        address(
            memref::ExtractAlignedPointerAsIndexOp::create(b, matrix.memref)) {}

  OpFoldResult getSize(unsigned loop) {
    return metadata.getConstifiedMixedSizes()[matrix.getDim(loop)];
  }
  OpFoldResult getStride(unsigned loop) {
    return metadata.getConstifiedMixedStrides()[matrix.getDim(loop)];
  }

  /// Where the matrix starts at these steps of the loops.
  Value getPointer(ImplicitLocOpBuilder &b, ArrayRef<unsigned> loops,
                   ValueRange indices) {
    Value offset = getValueOrCreateConstantIndexOp(
        b, b.getLoc(), metadata.getConstifiedMixedOffset());
    for (auto [loop, index] : llvm::zip_equal(loops, indices)) {
      if (!matrix.findDim(loop))
        continue;
      Value stride =
          getValueOrCreateConstantIndexOp(b, b.getLoc(), getStride(loop));
      Value distance = arith::MulIOp::create(b, index, stride);
      offset = arith::AddIOp::create(b, offset, distance);
    }
    unsigned width =
        cast<MemRefType>(matrix.memref.getType()).getElementTypeBitWidth();
    Value bytes = arith::MulIOp::create(
        b, offset, arith::ConstantIndexOp::create(b, width / 8));
    Value start = arith::IndexCastOp::create(
        b, b.getI64Type(), arith::AddIOp::create(b, address, bytes));
    return LLVM::IntToPtrOp::create(
        b, LLVM::LLVMPointerType::get(b.getContext()), start);
  }

  const Matrix &matrix;
  memref::ExtractStridedMetadataOp metadata;
  Value address;
};
} // namespace

static Value asI64(ImplicitLocOpBuilder &b, OpFoldResult size) {
  Value index = getValueOrCreateConstantIndexOp(b, b.getLoc(), size);
  return arith::IndexCastOp::create(b, b.getI64Type(), index);
}

/// The dimensions of the operand with those of its matrices last.
static SmallVector<int64_t> getMatricesLast(const Matrix &matrix) {
  unsigned row = matrix.getDim(matrix.rowLoop);
  unsigned column = matrix.getDim(matrix.columnLoop);
  SmallVector<int64_t> dims;
  for (unsigned dim : llvm::seq(matrix.map.getNumResults()))
    if (dim != row && dim != column)
      dims.push_back(dim);
  dims.append({row, column});
  return dims;
}

/// Matrices in a buffer of their own, row by row.
static Matrix allocateRowMajor(ImplicitLocOpBuilder &b, const Matrix &matrix) {
  auto type = cast<MemRefType>(matrix.memref.getType());
  SmallVector<int64_t> shape;
  SmallVector<Value> sizes;
  SmallVector<AffineExpr> results;
  for (int64_t dim : getMatricesLast(matrix)) {
    shape.push_back(type.getDimSize(dim));
    results.push_back(matrix.map.getResult(dim));
    if (type.isDynamicDim(dim))
      sizes.push_back(memref::DimOp::create(b, matrix.memref, dim));
  }
  Value buffer = memref::AllocOp::create(
      b, MemRefType::get(shape, type.getElementType()), sizes);
  return {buffer,
          AffineMap::get(matrix.map.getNumDims(), 0, results, b.getContext()),
          matrix.rowLoop, matrix.columnLoop};
}

static void emitCalls(ImplicitLocOpBuilder &b, func::FuncOp function,
                      const Product &product, int32_t flags) {
  if (!product.a.isRowMajor())
    flags |= ACT_MATMUL_TRANSPOSE_A;
  if (!product.b.isRowMajor())
    flags |= ACT_MATMUL_TRANSPOSE_B;
  PassedMatrix left(b, product.a), right(b, product.b), result(b, product.c);
  SmallVector<Value> lower, upper, step;
  for (unsigned loop : product.outer) {
    lower.push_back(arith::ConstantIndexOp::create(b, 0));
    upper.push_back(
        getValueOrCreateConstantIndexOp(b, b.getLoc(), result.getSize(loop)));
    step.push_back(arith::ConstantIndexOp::create(b, 1));
  }
  auto emitCall = [&](ImplicitLocOpBuilder &b, ValueRange indices) {
    SmallVector<Value> arguments = {
        asI64(b, result.getSize(product.c.rowLoop)),
        asI64(b, result.getSize(product.c.columnLoop)),
        asI64(b, left.getSize(product.a.columnLoop))};
    for (PassedMatrix *passed : {&left, &right, &result}) {
      const Matrix &matrix = passed->matrix;
      arguments.push_back(passed->getPointer(b, product.outer, indices));
      arguments.push_back(
          asI64(b, passed->getStride(matrix.isRowMajor() ? matrix.rowLoop
                                                         : matrix.columnLoop)));
    }
    arguments.push_back(
        arith::ConstantOp::create(b, b.getI32IntegerAttr(flags)));
    func::CallOp::create(b, function, arguments);
  };
  scf::buildLoopNest(b, b.getLoc(), lower, upper, step,
                     [&](OpBuilder &inner, Location loc, ValueRange indices) {
                       ImplicitLocOpBuilder builder(loc, inner);
                       emitCall(builder, indices);
                     });
}

LogicalResult mlir::act::lowerMatmulToLibrary(RewriterBase &rewriter,
                                              linalg::LinalgOp op) {
  FailureOr<Product> product = matchProduct(op);
  if (failed(product))
    return rewriter.notifyMatchFailure(op, "no product that the library has");
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  StringRef name = getLibraryFunction(op);
  func::FuncOp function =
      declareFunction(b, op->getParentOfType<ModuleOp>(), name);
  if (!function)
    return op->emitError("'@") << name << "' is something else in this module";
  linalg::FillOp clear = findClear(op);
  // The library wants a unit stride: others are copied.
  SmallVector<Value> buffers;
  Matrix result = product->c;
  for (Matrix *matrix : {&product->a, &product->b, &product->c}) {
    if (matrix->hasUnitStride())
      continue;
    Matrix copy = allocateRowMajor(b, *matrix);
    if (matrix != &product->c || !clear)
      linalg::TransposeOp::create(b, matrix->memref, copy.memref,
                                  getMatricesLast(*matrix));
    *matrix = copy;
    buffers.push_back(copy.memref);
  }
  Value computed = product->c.memref;
  if (!product->c.isRowMajor())
    transpose(*product);
  emitCalls(b, function, *product, clear ? 0 : ACT_MATMUL_ACCUMULATE);
  if (computed != result.memref)
    linalg::TransposeOp::create(
        b, computed, result.memref,
        invertPermutationVector(getMatricesLast(result)));
  for (Value buffer : buffers)
    memref::DeallocOp::create(b, buffer);
  if (clear)
    rewriter.eraseOp(clear);
  rewriter.eraseOp(op);
  return success();
}

namespace {
struct ActMatmulToLibraryPass
    : act::impl::ActMatmulToLibraryBase<ActMatmulToLibraryPass> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (succeeded(matchProduct(op)))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    // From the last on: what is in a result before shows in the ops before.
    for (linalg::LinalgOp op : llvm::reverse(ops)) {
      rewriter.setInsertionPoint(op);
      if (failed(lowerMatmulToLibrary(rewriter, op)))
        return signalPassFailure();
    }
  }
};
} // namespace
