//===- Elements.cpp - single numbers in memory ----------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elements.h"
#include "Shapes.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <cstring>

using namespace mlir;
using namespace mlir::act;

Type mlir::act::getElementType(Type type) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.getElementType();
  return type;
}

size_t mlir::act::getWidth(Type element) {
  if (element.isIndex())
    return sizeof(int64_t);
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8u);
}

std::string mlir::act::getDtype(Type element) {
  if (element.isBF16())
    return "V2";
  if (element.isInteger(1))
    return "b1";
  StringRef kind = isa<FloatType>(element) ? "f" : "i";
  return (kind + llvm::Twine(getWidth(element))).str();
}

bool mlir::act::acceptsDtype(Type element, StringRef dtype) {
  if (dtype == getDtype(element))
    return true;
  if (element.isBF16())
    return dtype == "u2";
  return element.isSignlessInteger() && !element.isInteger(1) &&
         dtype == ("u" + llvm::Twine(getWidth(element))).str();
}

double mlir::act::toDouble(Type element, const char *bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, getWidth(element));
  if (auto floatType = dyn_cast<FloatType>(element)) {
    llvm::APFloat value(floatType.getFloatSemantics(),
                        llvm::APInt(floatType.getWidth(), bits));
    bool losesInfo;
    value.convert(llvm::APFloat::IEEEdouble(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return value.convertToDouble();
  }
  unsigned width = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  if (width == 1)
    return static_cast<double>(bits);
  return static_cast<double>(llvm::SignExtend64(bits, width));
}

void mlir::act::fromDouble(Type element, double value, char *bytes) {
  if (isa<Float32Type>(element)) {
    auto single = static_cast<float>(value);
    std::memcpy(bytes, &single, sizeof(single));
    return;
  }
  uint64_t bits;
  if (auto floatType = dyn_cast<FloatType>(element)) {
    llvm::APFloat number(value);
    bool losesInfo;
    number.convert(floatType.getFloatSemantics(),
                   llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    bits = number.bitcastToAPInt().getZExtValue();
  } else {
    bits = static_cast<int64_t>(value);
  }
  std::memcpy(bytes, &bits, getWidth(element));
}

void mlir::act::printArray(llvm::raw_ostream &os, StringRef label, Type type,
                           const NpyArray &array, bool all) {
  constexpr size_t kFirst = 8;
  Type element = getElementType(type);
  size_t width = getWidth(element), count = array.data.size() / width;
  uint64_t hash = llvm::xxh3_64bits(llvm::ArrayRef(
      reinterpret_cast<const uint8_t *>(array.data.data()), array.data.size()));
  os << label << ": " << formatShape(array.shape) << " " << element
     << " checksum " << llvm::format_hex_no_prefix(hash, 16) << " values";
  // Enough digits to tell any two values of the type apart.
  int digits = isa<Float64Type>(element) ? 17
               : isa<FloatType>(element) ? 9
                                         : 20;
  size_t shown = all ? count : std::min(count, kFirst);
  size_t row =
      array.shape.empty() ? 1 : std::max<int64_t>(array.shape.back(), 1);
  for (size_t i = 0; i < shown; ++i) {
    os << (all && i % row == 0 && array.shape.size() > 1 ? "\n  " : " ")
       << llvm::format("%.*g", digits,
                       toDouble(element, array.data.data() + i * width));
  }
  os << (shown < count ? " ...\n" : "\n");
}
