//===- MatmulOneDNN.cpp - act-c/Matmul.h by oneDNN ------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// f32 goes through oneDNN's gemm, which needs no preparation, unless a large
// transposed B is read where its `matmul` primitive is faster (measured, see
// docs/performance.md). bf16 has that primitive only, which is made once for
// each size and thread.
//
//===----------------------------------------------------------------------===//

#include "act-c/Matmul.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

using dnnl::memory;
using Type = memory::data_type;

namespace {
/// A product, but for where its matrices are.
struct Product {
  int64_t m, n, k, lda, ldb, ldc;
  int32_t flags;
  Type operand, result;

  bool has(int32_t flag) const { return flags & flag; }
  auto key() const {
    return std::make_tuple(m, n, k, lda, ldb, ldc, flags, operand, result);
  }
};

/// A primitive and its arguments, whose pointers are set for each call.
struct Prepared {
  dnnl::matmul primitive;
  memory a, b, c;
};
} // namespace

[[noreturn]] static void stop(const char *message) {
  std::fprintf(stderr, "act: matmul in oneDNN failed: %s\n", message);
  std::abort();
}

static const dnnl::engine &getEngine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

static dnnl::matmul makePrimitive(const dnnl::engine &engine,
                                  const memory::desc &a, const memory::desc &b,
                                  const memory::desc &c,
                                  const dnnl::primitive_attr &attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul({engine, a, b, c, attributes});
#else
  return dnnl::matmul({dnnl::matmul::desc(a, b, c), attributes, engine});
#endif
}

static Prepared prepare(const Product &p) {
  auto strides = [](int64_t distance, bool transposed) {
    return transposed ? memory::dims{1, distance} : memory::dims{distance, 1};
  };
  memory::desc a({p.m, p.k}, p.operand,
                 strides(p.lda, p.has(ACT_MATMUL_TRANSPOSE_A)));
  memory::desc b({p.k, p.n}, p.operand,
                 strides(p.ldb, p.has(ACT_MATMUL_TRANSPOSE_B)));
  memory::desc c({p.m, p.n}, p.result, strides(p.ldc, false));
  dnnl::primitive_attr attributes;
  if (p.has(ACT_MATMUL_ACCUMULATE)) {
    dnnl::post_ops sum;
    sum.append_sum();
    attributes.set_post_ops(sum);
  }
  const dnnl::engine &engine = getEngine();
  return {makePrimitive(engine, a, b, c, attributes),
          memory(a, engine, nullptr), memory(b, engine, nullptr),
          memory(c, engine, nullptr)};
}

/// Runs the primitive; false if oneDNN has none for this processor.
static bool execute(const Product &p, const void *a, const void *b, void *c) {
  // Sizes of a program that runs for long may be many.
  constexpr size_t kMost = 256;
  thread_local std::map<decltype(p.key()), std::optional<Prepared>> known;
  auto found = known.find(p.key());
  if (found == known.end()) {
    if (known.size() == kMost)
      known.clear();
    std::optional<Prepared> prepared;
    try {
      prepared = prepare(p);
    } catch (const dnnl::error &error) {
      if (error.status != dnnl_unimplemented)
        throw;
    }
    found = known.emplace(p.key(), std::move(prepared)).first;
  }
  if (!found->second)
    return false;
  Prepared &prepared = *found->second;
  prepared.a.set_data_handle(const_cast<void *>(a));
  prepared.b.set_data_handle(const_cast<void *>(b));
  prepared.c.set_data_handle(c);
  thread_local dnnl::stream stream(getEngine());
  prepared.primitive.execute(stream, {{DNNL_ARG_SRC, prepared.a},
                                      {DNNL_ARG_WEIGHTS, prepared.b},
                                      {DNNL_ARG_DST, prepared.c}});
  stream.wait();
  return true;
}

static void multiply(const Product &p, const float *a, const float *b,
                     float *c) {
  dnnl::status status = dnnl::sgemm(
      p.has(ACT_MATMUL_TRANSPOSE_A) ? 'T' : 'N',
      p.has(ACT_MATMUL_TRANSPOSE_B) ? 'T' : 'N', p.m, p.n, p.k, 1.0f, a, p.lda,
      b, p.ldb, p.has(ACT_MATMUL_ACCUMULATE) ? 1.0f : 0.0f, c, p.ldc);
  if (status != dnnl::status::success)
    stop("sgemm");
}

//===----------------------------------------------------------------------===//
// bf16 on processors without instructions for it
//===----------------------------------------------------------------------===//

static float toFloat(uint16_t bits) {
  uint32_t wide = uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

/// Rounds to nearest, ties to even.
static uint16_t toBfloat(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (value != value)
    return uint16_t(bits >> 16) | 0x40;
  return uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

static std::vector<float> widen(const uint16_t *from, int64_t rows,
                                int64_t columns, int64_t distance) {
  std::vector<float> values(rows * columns);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      values[row * columns + column] = toFloat(from[row * distance + column]);
  return values;
}

/// Multiplies in f32 copies of the matrices.
static void multiplyWide(Product p, const uint16_t *a, const uint16_t *b,
                         void *c) {
  auto widenOperand = [&](const uint16_t *from, int64_t rows, int64_t columns,
                          int64_t &distance, int32_t transposed) {
    if (p.has(transposed))
      std::swap(rows, columns);
    std::vector<float> values = widen(from, rows, columns, distance);
    distance = columns;
    return values;
  };
  std::vector<float> wideA =
      widenOperand(a, p.m, p.k, p.lda, ACT_MATMUL_TRANSPOSE_A);
  std::vector<float> wideB =
      widenOperand(b, p.k, p.n, p.ldb, ACT_MATMUL_TRANSPOSE_B);
  if (p.result == Type::f32)
    return multiply(p, wideA.data(), wideB.data(), static_cast<float *>(c));
  auto *narrow = static_cast<uint16_t *>(c);
  std::vector<float> wideC(p.m * p.n);
  if (p.has(ACT_MATMUL_ACCUMULATE))
    wideC = widen(narrow, p.m, p.n, p.ldc);
  int64_t distance = std::exchange(p.ldc, p.n);
  multiply(p, wideA.data(), wideB.data(), wideC.data());
  for (int64_t row = 0; row < p.m; ++row)
    for (int64_t column = 0; column < p.n; ++column)
      narrow[row * distance + column] = toBfloat(wideC[row * p.n + column]);
}

//===----------------------------------------------------------------------===//
// Which way
//===----------------------------------------------------------------------===//

/// Sets C to zero, the sum of no products.
static void clear(const Product &p, void *c) {
  if (p.has(ACT_MATMUL_ACCUMULATE))
    return;
  size_t width = p.result == Type::f32 ? 4 : 2;
  for (int64_t row = 0; row < p.m; ++row)
    std::memset(static_cast<char *>(c) + row * p.ldc * width, 0, p.n * width);
}

/// Whether oneDNN's primitive is faster than its gemm in f32: where rows of
/// a transposed B are read for few rows of A.
static bool prefersPrimitive(const Product &p) {
  constexpr int64_t kLarge = 1 << 23;
  return p.has(ACT_MATMUL_TRANSPOSE_B) && !p.has(ACT_MATMUL_TRANSPOSE_A) &&
         (p.m <= 16 || (p.m <= 256 && p.n * p.k >= kLarge));
}

/// The primitive, in blocks of columns where that is faster: for many rows of A
/// and a B that no cache holds. False if oneDNN has none for this processor.
static bool executeBlocks(const Product &p, const void *a, const void *b,
                          void *c) {
  constexpr int64_t kRows = 512, kColumns = 768, kLarge = 1 << 23;
  if (p.operand == Type::f32 || p.m < kRows || p.n * p.k < kLarge)
    return execute(p, a, b, c);
  int64_t step = p.has(ACT_MATMUL_TRANSPOSE_B) ? p.ldb : 1;
  int64_t width = p.result == Type::f32 ? 4 : 2;
  for (int64_t column = 0; column < p.n; column += kColumns) {
    Product block = p;
    block.n = std::min(kColumns, p.n - column);
    if (!execute(block, a, static_cast<const uint16_t *>(b) + column * step,
                 static_cast<char *>(c) + column * width))
      return false;
  }
  return true;
}

/// The product, of matrices whose rows do not overlap.
static void multiplyApart(const Product &p, const void *a, const void *b,
                          void *c) {
  bool isSingle = p.operand == Type::f32;
  try {
    if ((!isSingle || prefersPrimitive(p)) && executeBlocks(p, a, b, c))
      return;
  } catch (const dnnl::error &error) {
    stop(error.what());
  }
  if (isSingle)
    return multiply(p, static_cast<const float *>(a),
                    static_cast<const float *>(b), static_cast<float *>(c));
  multiplyWide(p, static_cast<const uint16_t *>(a),
               static_cast<const uint16_t *>(b), c);
}

//===----------------------------------------------------------------------===//
// Rows that overlap or run backwards
//===----------------------------------------------------------------------===//

namespace {
/// A matrix as it lies in memory, or a copy of it if its rows are closer to one
/// another than oneDNN takes.
class Rows {
public:
  Rows(void *first, int64_t rows, int64_t length, int64_t &distance, Type type)
      : first(static_cast<char *>(first)), rows(rows),
        length(length * getWidth(type)), distance(distance * getWidth(type)) {
    if (rows <= 1)
      distance = std::max(distance, length);
    isCopy = distance < length;
    if (!isCopy)
      return;
    distance = length;
    copy.resize(rows * this->length);
    for (int64_t row = 0; row < rows; ++row)
      std::memcpy(copy.data() + row * this->length, getRow(row), this->length);
  }

  void *get() { return isCopy ? copy.data() : first; }

  /// Writes a copy back.
  void store() {
    for (int64_t row = 0; isCopy && row < rows; ++row)
      std::memcpy(getRow(row), copy.data() + row * length, length);
  }

private:
  static int64_t getWidth(Type type) { return type == Type::f32 ? 4 : 2; }
  char *getRow(int64_t row) { return first + row * distance; }

  char *first;
  int64_t rows, length, distance;
  bool isCopy;
  std::vector<char> copy;
};
} // namespace

static void multiplyAny(Product p, const void *a, const void *b, void *c) {
  if (p.m == 0 || p.n == 0)
    return;
  if (p.k == 0)
    return clear(p, c);
  bool transposesA = p.has(ACT_MATMUL_TRANSPOSE_A);
  bool transposesB = p.has(ACT_MATMUL_TRANSPOSE_B);
  Rows rowsOfA(const_cast<void *>(a), transposesA ? p.k : p.m,
               transposesA ? p.m : p.k, p.lda, p.operand);
  Rows rowsOfB(const_cast<void *>(b), transposesB ? p.n : p.k,
               transposesB ? p.k : p.n, p.ldb, p.operand);
  Rows rowsOfC(c, p.m, p.n, p.ldc, p.result);
  multiplyApart(p, rowsOfA.get(), rowsOfB.get(), rowsOfC.get());
  rowsOfC.store();
}

//===----------------------------------------------------------------------===//
// The functions
//===----------------------------------------------------------------------===//

void act_matmul_f32(int64_t m, int64_t n, int64_t k, const float *a,
                    int64_t lda, const float *b, int64_t ldb, float *c,
                    int64_t ldc, int32_t flags) {
  multiplyAny({m, n, k, lda, ldb, ldc, flags, Type::f32, Type::f32}, a, b, c);
}

void act_matmul_bf16(int64_t m, int64_t n, int64_t k, const uint16_t *a,
                     int64_t lda, const uint16_t *b, int64_t ldb, uint16_t *c,
                     int64_t ldc, int32_t flags) {
  multiplyAny({m, n, k, lda, ldb, ldc, flags, Type::bf16, Type::bf16}, a, b, c);
}

void act_matmul_bf16_f32(int64_t m, int64_t n, int64_t k, const uint16_t *a,
                         int64_t lda, const uint16_t *b, int64_t ldb, float *c,
                         int64_t ldc, int32_t flags) {
  multiplyAny({m, n, k, lda, ldb, ldc, flags, Type::bf16, Type::f32}, a, b, c);
}
