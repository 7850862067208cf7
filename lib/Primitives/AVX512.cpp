//===- AVX512.cpp - primitives with AVX-512 instructions ------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IRValue.h"
#include "act/Primitives/TargetPrimitives.h"
#include "act/Support/Target.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::act;

namespace {
class AVX512Primitives : public TargetPrimitives {
public:
  /// vscalefps and vscalefpd compute x * 2^n with one rounding for any n. Other
  /// shapes than whole 512-bit registers take the portable code, which rounds
  /// the same.
  Value scale(ImplicitLocOpBuilder &b, Value x, Value n) const override {
    auto type = dyn_cast<VectorType>(x.getType());
    if (!type || type.isScalable() || type.getRank() == 0)
      return TargetPrimitives::scale(b, x, n);
    int64_t lanes = type.getElementType().isF32() ? 16 : 8;
    int64_t count = type.getNumElements();
    if (count % lanes != 0)
      return TargetPrimitives::scale(b, x, n);

    auto flat = VectorType::get(count, type.getElementType());
    if (type.getRank() != 1) {
      x = vector::ShapeCastOp::create(b, flat, x);
      n = vector::ShapeCastOp::create(b, flat, n);
    }
    Value result;
    if (count == lanes) {
      result = scaleRegister(b, x, n);
    } else {
      // LLVM splits vectors in ordinary arithmetic, but not in an intrinsic.
      result =
          buildConstant(b, flat, FloatAttr::get(type.getElementType(), 0.0));
      for (int64_t i = 0; i < count; i += lanes) {
        Value part = scaleRegister(
            b, vector::ExtractStridedSliceOp::create(b, x, i, lanes, 1),
            vector::ExtractStridedSliceOp::create(b, n, i, lanes, 1));
        result = vector::InsertStridedSliceOp::create(b, part, result, i, 1);
      }
    }
    if (type.getRank() != 1)
      result = vector::ShapeCastOp::create(b, type, result);
    return result;
  }

private:
  static Value scaleRegister(ImplicitLocOpBuilder &b, Value x, Value n) {
    auto type = cast<VectorType>(x.getType());
    bool single = type.getElementType().isF32();
    Type maskType = b.getIntegerType(type.getNumElements());
    Value mask = arith::ConstantOp::create(b, b.getIntegerAttr(maskType, -1));
    // 4: round as the control register says.
    Value rounding = arith::ConstantOp::create(b, b.getI32IntegerAttr(4));
    return LLVM::CallIntrinsicOp::create(
               b, type,
               b.getStringAttr(single ? "llvm.x86.avx512.mask.scalef.ps.512"
                                      : "llvm.x86.avx512.mask.scalef.pd.512"),
               ValueRange{x, n, x, mask, rounding})
        .getResult(0);
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
