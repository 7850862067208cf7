//===- ActOps.cpp - ops of the act dialect ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::act;

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

double act::detail::inComputeType(Operation *op, double value) {
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  value += 0.0; // -0 is 0.
  return element.getIntOrFloatBitWidth() <= 32 ? double(float(value)) : value;
}

LogicalResult act::detail::verifyParameter(Operation *op, StringRef name,
                                           double value,
                                           function_ref<bool(double)> condition,
                                           StringRef requirement) {
  value = inComputeType(op, value);
  if (!std::isfinite(value))
    return op->emitOpError() << "requires '" << name << "' to be finite";
  if (!condition(value))
    return op->emitOpError()
           << "requires '" << name << "' to be " << requirement;
  return success();
}

LogicalResult act::detail::verifyDim(Operation *op, int64_t dim) {
  int64_t rank = cast<ShapedType>(op->getOperand(0).getType()).getRank();
  if (dim < 0 || dim >= rank)
    return op->emitOpError()
           << "requires 'dim' to be in [0, " << rank << "), but got " << dim;
  return success();
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

LogicalResult
act::detail::reifyLikeFirstOperand(Operation *op, OpBuilder &b,
                                   ReifiedRankedShapedTypeDims &dims) {
  Value operand = op->getOperand(0);
  if (!isa<RankedTensorType>(operand.getType()))
    return failure();
  dims.assign(op->getNumResults(),
              tensor::getMixedSizes(b, op->getLoc(), operand));
  return success();
}

std::optional<SmallVector<int64_t, 4>>
act::detail::getUnrollShape(Operation *op) {
  if (auto type = dyn_cast<VectorType>(op->getResult(0).getType()))
    return llvm::to_vector<4>(type.getShape());
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

/// The constant an operand is, if it is one number throughout.
static std::optional<double> getNumber(Attribute attr) {
  if (auto splat = dyn_cast_if_present<SplatElementsAttr>(attr))
    attr = splat.getSplatValue<Attribute>();
  auto number = dyn_cast_if_present<FloatAttr>(attr);
  if (!number)
    return std::nullopt;
  bool losesInfo;
  APFloat value = number.getValue();
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

std::optional<double> act::detail::getConstant(Value value) {
  Attribute attr;
  matchPattern(value, m_Constant(&attr));
  return getNumber(attr);
}

/// A number correctly rounded to `element`; nothing where its error leaves two
/// roundings.
static std::optional<APFloat> roundTo(FloatType element, Quad value) {
  const llvm::fltSemantics &semantics = element.getFloatSemantics();
  static const Quad one(1.0), error(Quad::error);
  if (value.isNaN())
    return APFloat::getNaN(semantics);
  APFloat result = value.roundTo(semantics);
  if (value.isExact())
    return result;
  result = (value * (one + error)).roundTo(semantics);
  if (!result.bitwiseIsEqual((value * (one - error)).roundTo(semantics)))
    return std::nullopt;
  return result;
}

LogicalResult act::detail::foldFormula(FormulaOpInterface op,
                                       ArrayRef<Attribute> operands,
                                       SmallVectorImpl<OpFoldResult> &results) {
  SmallVector<double> numbers;
  for (Attribute operand : operands) {
    std::optional<double> number = getNumber(operand);
    if (!number)
      return failure();
    numbers.push_back(*number);
  }
  Type type = op->getResult(0).getType();
  auto element = cast<FloatType>(getElementTypeOrSelf(type));
  SmallVector<OpFoldResult> folded;
  for (Quad value : op.evaluateWide(numbers, computesInSingle(type))) {
    // Where the evaluation cannot decide the rounding, do not fold.
    std::optional<APFloat> result = roundTo(element, value);
    auto shaped = dyn_cast<ShapedType>(type);
    if (!result || (shaped && !shaped.hasStaticShape()))
      return failure();
    folded.push_back(shaped ? Attribute(DenseElementsAttr::get(shaped, *result))
                            : Attribute(FloatAttr::get(element, *result)));
  }
  llvm::append_range(results, folded);
  return success();
}

OpFoldResult act::detail::foldFormula(FormulaOpInterface op,
                                      ArrayRef<Attribute> operands) {
  SmallVector<OpFoldResult> results;
  if (failed(foldFormula(op, operands, results)))
    return {};
  return results.front();
}

/// Whether two ops are the same function: fast-math flags do not count.
static bool haveEqualParameters(Operation *a, Operation *b) {
  if (a->getName() != b->getName())
    return false;
  StringRef flags =
      cast<arith::ArithFastMathInterface>(a).getFastMathAttrName();
  return llvm::all_of(a->getName().getAttributeNames(), [&](StringAttr name) {
    return name == flags || a->getInherentAttr(name.getValue()) ==
                                b->getInherentAttr(name.getValue());
  });
}

OpFoldResult act::detail::foldActivation(ActivationOpInterface op,
                                         ArrayRef<Attribute> operands) {
  Value x = op->getOperand(0);
  // f(x) = x where f does nothing, be it anywhere or on the range of x.
  if (std::optional<RealRange> identity = op.getIdentityRange())
    if (identity->contains(RealRange()) || identity->contains(getRangeOf(x)))
      return x;
  FunctionProperties properties = op.getFunctionProperties();
  auto has = [&](FunctionProperties property) {
    return bitEnumContainsAll(properties, property);
  };
  if (has(FunctionProperties::Idempotent) && x.getDefiningOp() &&
      haveEqualParameters(op, x.getDefiningOp()))
    return x;
  // The op itself, changed in place.
  if (has(FunctionProperties::Even) && x.getDefiningOp() &&
      isa<arith::NegFOp, math::AbsFOp>(x.getDefiningOp())) {
    op->setOperand(0, x.getDefiningOp()->getOperand(0));
    return op->getResult(0);
  }
  return foldFormula(op, operands);
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

ParseResult act::detail::parseOptionalThenLast(
    OpAsmParser &parser,
    std::optional<OpAsmParser::UnresolvedOperand> &optional,
    OpAsmParser::UnresolvedOperand &last) {
  if (parser.parseOperand(last))
    return failure();
  if (succeeded(parser.parseOptionalComma())) {
    optional = last;
    return parser.parseOperand(last);
  }
  return success();
}

void act::detail::printOptionalThenLast(OpAsmPrinter &printer, Operation *,
                                        Value optional, Value last) {
  if (optional)
    printer << optional << ", ";
  printer << last;
}

//===----------------------------------------------------------------------===//
// UnpackOp
//===----------------------------------------------------------------------===//

/// What `dim` must be a multiple of.
static int64_t getGranule(UnpackLayout layout, std::optional<int64_t> block) {
  return layout == UnpackLayout::BlockInterleaved ? 2 * block.value_or(1) : 2;
}

LogicalResult UnpackOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, ValueRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<Type> &results) {
  Adaptor adaptor(operands, attributes, properties, regions);
  auto type = cast<ShapedType>(adaptor.getX().getType());
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= type.getRank())
    return emitOptionalError(location, "requires 'dim' to be in [0, ",
                             type.getRank(), "), but got ", dim);
  SmallVector<int64_t> shape(type.getShape());
  if (!ShapedType::isDynamic(shape[dim]))
    shape[dim] /= 2;
  results.assign(2, type.clone(shape));
  return success();
}

LogicalResult UnpackOp::verify() {
  if (failed(detail::verifyDim(*this, getDim())))
    return failure();
  bool blocked = getLayout() == UnpackLayout::BlockInterleaved;
  if (blocked && !getBlock())
    return emitOpError("requires 'block' in the block_interleaved layout");
  if (!blocked && getBlock())
    return emitOpError("takes 'block' in the block_interleaved layout only");
  if (getBlock() && *getBlock() <= 0)
    return emitOpError("requires 'block' to be positive");
  if (getBlock() && *getBlock() > std::numeric_limits<int64_t>::max() / 2)
    return emitOpError("requires twice 'block' to fit into 64 bits");
  int64_t granule = getGranule(getLayout(), getBlock());
  int64_t size = cast<ShapedType>(getX().getType()).getDimSize(getDim());
  if (!ShapedType::isDynamic(size) && size % granule != 0)
    return emitOpError() << "requires the size of dimension " << getDim()
                         << " to be a multiple of " << granule << ", but got "
                         << size;
  return success();
}

//===----------------------------------------------------------------------===//
// PrimOp
//===----------------------------------------------------------------------===//

LogicalResult PrimOp::verify() {
  if (getInputs().empty() || getInputs().size() > 2)
    return emitOpError("takes one or two operands");
  if (getFunction() == Primitive::Scale && getInputs().size() != 2)
    return emitOpError("'scale' takes two operands");
  if (isTame() && getInputs().size() != 1)
    return emitOpError("'tame' takes an argument of one word");
  return success();
}

std::optional<SmallVector<int64_t, 4>> PrimOp::getShapeForUnroll() {
  return detail::getUnrollShape(*this);
}
