//===- AVX512.cpp - primitives with AVX-512 instructions ------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IRValue.h"
#include "act/Primitives/TableAlgorithms.h"
#include "act/Primitives/TargetPrimitives.h"
#include "act/Support/Target.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::act;

/// The elements of a 512-bit register.
static int64_t getLanes(Type type) {
  return getElementTypeOrSelf(type).isF64() ? 8 : 16;
}

/// Calls `emit` with each register's worth of `operands`, vectors of one
/// dimension and the same number of elements, and puts the results together:
/// LLVM splits vectors in ordinary arithmetic, but not in an intrinsic.
static Value forEachRegister(ImplicitLocOpBuilder &b, Type elementType,
                             ValueRange operands,
                             function_ref<Value(VectorType, ValueRange)> emit) {
  int64_t count = cast<VectorType>(operands.front().getType()).getNumElements();
  int64_t lanes = getLanes(elementType);
  auto registerType = VectorType::get(lanes, elementType);
  if (count == lanes)
    return emit(registerType, operands);
  Value result = buildConstant(b, VectorType::get(count, elementType),
                               FloatAttr::get(elementType, 0.0));
  for (int64_t i = 0; i < count; i += lanes) {
    SmallVector<Value> parts;
    for (Value operand : operands)
      parts.push_back(
          vector::ExtractStridedSliceOp::create(b, operand, i, lanes, 1));
    result = vector::InsertStridedSliceOp::create(b, emit(registerType, parts),
                                                  result, i, 1);
  }
  return result;
}

namespace mlir::act {
/// One of 32 numbers for each lane: vpermi2ps.
template <size_t n>
static IRValue lookup(const double (&table)[n], IRValue::Int index) {
  static_assert(n == 32, "two registers");
  ImplicitLocOpBuilder &b = index.getBuilder();
  auto half = [&](int from) -> Value {
    SmallVector<float> numbers;
    for (int i = 0; i < 16; ++i)
      numbers.push_back(static_cast<float>(table[from + i]));
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(VectorType::get(16, b.getF32Type()),
                                  ArrayRef<float>(numbers)));
  };
  Value lower = half(0), upper = half(16);
  return {b,
          forEachRegister(b, b.getF32Type(), index.getValue(),
                          [&](VectorType type, ValueRange parts) {
                            return LLVM::CallIntrinsicOp::create(
                                       b, type,
                                       b.getStringAttr(
                                           "llvm.x86.avx512.vpermi2var.ps.512"),
                                       ValueRange{lower, parts.front(), upper})
                                .getResult(0);
                          })};
}

/// vpmovd2m.
static IRMask hasSign(IRValue x) {
  ImplicitLocOpBuilder &b = x.getBuilder();
  Value bits = x.asInt().getValue();
  Value zero = buildConstant(
      b, bits.getType(), b.getZeroAttr(getElementTypeOrSelf(bits.getType())));
  return {&b, arith::CmpIOp::create(b, arith::CmpIPredicate::slt, bits, zero)};
}

/// vscalefps, vscalefpd.
static IRValue scaleByFloor(IRValue x, IRValue n) {
  ImplicitLocOpBuilder &b = x.getBuilder();
  Type element = getElementTypeOrSelf(x.getValue());
  StringRef name = element.isF32() ? "llvm.x86.avx512.mask.scalef.ps.512"
                                   : "llvm.x86.avx512.mask.scalef.pd.512";
  return {b, forEachRegister(
                 b, element, {x.getValue(), n.getValue()},
                 [&](VectorType type, ValueRange parts) {
                   Value mask = arith::ConstantOp::create(
                       b, b.getIntegerAttr(
                              b.getIntegerType(type.getNumElements()), -1));
                   // 4: round as the control register says.
                   Value rounding =
                       arith::ConstantOp::create(b, b.getI32IntegerAttr(4));
                   return LLVM::CallIntrinsicOp::create(
                              b, type, b.getStringAttr(name),
                              ValueRange{parts[0], parts[1], parts[0], mask,
                                         rounding})
                       .getResult(0);
                 })};
}
} // namespace mlir::act

/// `value` as whole registers in one dimension, with zeros behind its elements.
static Value toRegisters(ImplicitLocOpBuilder &b, Value value) {
  Type element = getElementTypeOrSelf(value);
  auto type = dyn_cast<VectorType>(value.getType());
  int64_t lanes = getLanes(element);
  if (!type || type.getRank() == 0)
    return vector::BroadcastOp::create(b, VectorType::get(lanes, element),
                                       value);
  int64_t count = type.getNumElements();
  if (type.getRank() != 1)
    value =
        vector::ShapeCastOp::create(b, VectorType::get(count, element), value);
  if (count % lanes == 0)
    return value;
  auto whole = VectorType::get(llvm::alignTo(count, lanes), element);
  return vector::InsertStridedSliceOp::create(
      b, value, buildConstant(b, whole, b.getZeroAttr(element)), 0, 1);
}

/// The other way.
static Value fromRegisters(ImplicitLocOpBuilder &b, Value value, Type type) {
  auto vectorType = dyn_cast<VectorType>(type);
  if (!value || value.getType() == type)
    return value;
  if (!vectorType)
    return vector::ExtractOp::create(b, value, 0);
  int64_t count = vectorType.getNumElements();
  if (count != cast<VectorType>(value.getType()).getNumElements())
    value = vector::ExtractStridedSliceOp::create(b, value, 0, count, 1);
  if (value.getType() != type)
    value = vector::ShapeCastOp::create(b, vectorType, value);
  return value;
}

namespace {
/// Code on whole registers. Other shapes are filled up, so that a number's
/// result does not depend on the shape it comes in.
class AVX512Primitives : public TargetPrimitives {
  using Table = TableAlgorithms<IRValue>;
  using Words = WordsOf<IRValue>;
  using Low = std::optional<IRValue>;

public:
  PrimitiveResult exp(ImplicitLocOpBuilder &b, Value hi, Value lo,
                      PrimitiveDemand demand) const override {
    if (!isForTables(hi))
      return TargetPrimitives::exp(b, hi, lo, demand);
    return onRegisters(b, hi, lo, [&](IRValue x, Low xLo) {
      return demand.tame ? Table::tameExp(x, demand.fast)
                         : Table::exp(x, xLo, demand.wantLo, demand.fast);
    });
  }
  PrimitiveResult expm1(ImplicitLocOpBuilder &b, Value hi, Value lo,
                        PrimitiveDemand demand) const override {
    if (!isForTables(hi))
      return TargetPrimitives::expm1(b, hi, lo, demand);
    return onRegisters(b, hi, lo, [&](IRValue x, Low xLo) {
      return Table::expm1(x, xLo, demand.fast);
    });
  }
  PrimitiveResult tanh(ImplicitLocOpBuilder &b, Value hi, Value lo,
                       PrimitiveDemand demand) const override {
    if (!isForTables(hi))
      return TargetPrimitives::tanh(b, hi, lo, demand);
    return onRegisters(b, hi, lo, [&](IRValue x, Low xLo) {
      return Table::tanh(x, xLo, demand.wantLo, demand.fast);
    });
  }
  PrimitiveResult sin(ImplicitLocOpBuilder &b, Value hi, Value lo,
                      PrimitiveDemand demand) const override {
    if (!isForTables(hi) || !demand.tame)
      return TargetPrimitives::sin(b, hi, lo, demand);
    return onRegisters(b, hi, lo,
                       [](IRValue x, Low) { return Table::tameSin(x); });
  }
  PrimitiveResult atan(ImplicitLocOpBuilder &b, Value hi, Value lo,
                       PrimitiveDemand demand) const override {
    if (!isForTables(hi) || !demand.tame)
      return TargetPrimitives::atan(b, hi, lo, demand);
    return onRegisters(b, hi, lo, [&](IRValue x, Low) {
      return Table::tameAtan(x, demand.fast);
    });
  }
  PrimitiveResult sigmoid(ImplicitLocOpBuilder &b, Value hi, Value lo,
                          PrimitiveDemand demand) const override {
    if (!isForTables(hi))
      return TargetPrimitives::sigmoid(b, hi, lo, demand);
    return onRegisters(b, hi, lo, [&](IRValue x, Low xLo) {
      return demand.tame ? Table::tameSigmoid(x, demand.fast)
                         : Table::sigmoid(x, xLo, demand.fast);
    });
  }
  PrimitiveResult normalCdf(ImplicitLocOpBuilder &b, Value hi, Value lo,
                            PrimitiveDemand demand) const override {
    if (!isForTables(hi))
      return TargetPrimitives::normalCdf(b, hi, lo, demand);
    return onRegisters(b, hi, lo, [&](IRValue x, Low xLo) {
      return Table::normalCdf(x, xLo, demand.fast);
    });
  }
  Value expScaled(ImplicitLocOpBuilder &b, Value x,
                  PrimitiveDemand demand) const override {
    if (!isForTables(x))
      return TargetPrimitives::expScaled(b, x, demand);
    return onRegisters(
        b, x, [&](IRValue x) { return Table::expScaled(x, demand.fast); });
  }
  Value exp2Scaled(ImplicitLocOpBuilder &b, Value x,
                   PrimitiveDemand demand) const override {
    if (!isForTables(x))
      return TargetPrimitives::exp2Scaled(b, x, demand);
    return onRegisters(
        b, x, [&](IRValue x) { return Table::exp2Scaled(x, demand.fast); });
  }
  Value scale(ImplicitLocOpBuilder &b, Value x, Value n) const override {
    auto type = dyn_cast<VectorType>(x.getType());
    if (type && type.isScalable())
      return TargetPrimitives::scale(b, x, n);
    return onRegisters(b, x, n,
                       [](IRValue x, Low n) {
                         return Words{scaleByFloor(x, *n), {}, {}};
                       })
        .hi;
  }

private:
  static bool isForTables(Value x) {
    auto type = dyn_cast<VectorType>(x.getType());
    return getElementTypeOrSelf(x).isF32() && !(type && type.isScalable());
  }

  static PrimitiveResult onRegisters(ImplicitLocOpBuilder &b, Value hi,
                                     Value lo,
                                     function_ref<Words(IRValue, Low)> emit) {
    Type type = hi.getType();
    Low low;
    if (lo)
      low = IRValue(b, toRegisters(b, lo));
    Words y = emit(IRValue(b, toRegisters(b, hi)), low);
    auto part = [&](const Low &word) {
      return word ? fromRegisters(b, word->getValue(), type) : Value();
    };
    return {part(y.hi), part(y.lo), part(y.exponent)};
  }
  /// The same for a value of one word.
  static Value onRegisters(ImplicitLocOpBuilder &b, Value x,
                           function_ref<IRValue(IRValue)> emit) {
    return fromRegisters(b, emit(IRValue(b, toRegisters(b, x))).getValue(),
                         x.getType());
  }
};
} // namespace

std::unique_ptr<TargetPrimitives> act::createAVX512Primitives() {
  return std::make_unique<AVX512Primitives>();
}

std::unique_ptr<TargetPrimitives>
act::createTargetPrimitives(const CpuTarget &cpu) {
  if (cpu.hasAvx512 && cpu.vectorBits >= 512)
    return createAVX512Primitives();
  return std::make_unique<TargetPrimitives>();
}

llvm::Expected<CpuPrimitives> act::createCpuPrimitives(StringRef cpu,
                                                       unsigned vectorBits) {
  if (cpu.empty())
    return CpuPrimitives{"any", std::make_shared<TargetPrimitives>()};
  llvm::Expected<CpuTarget> target = resolveCpu(cpu, vectorBits);
  if (!target)
    return target.takeError();
  return CpuPrimitives{target->cpu, createTargetPrimitives(*target)};
}
