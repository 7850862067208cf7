//===- Values.cpp - arguments and results in memory -----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"
#include "Elements.h"
#include "Shapes.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

using namespace mlir;
using namespace mlir::act;

static constexpr size_t kAlignment = 64;

llvm::Error mlir::act::checkType(Type type) {
  auto fail = [&](const char *why) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return llvm::createStringError("type " + text +
                                   " is not supported here: " + why);
  };
  if (isa<VectorType, UnrankedMemRefType, UnrankedTensorType>(type))
    return fail("only ranked tensors, ranked memrefs and scalars are");
  if (auto memref = dyn_cast<MemRefType>(type)) {
    SmallVector<int64_t> strides;
    int64_t offset;
    if (failed(memref.getStridesAndOffset(strides, offset)))
      return fail("its layout has no strides");
  }
  Type element = getElementType(type);
  if (isa<IndexType, Float16Type, BFloat16Type, Float32Type, Float64Type>(
          element))
    return llvm::Error::success();
  if (auto integer = dyn_cast<IntegerType>(element))
    if (integer.isSignless() &&
        llvm::is_contained({1u, 8u, 16u, 32u, 64u}, integer.getWidth()))
      return llvm::Error::success();
  return fail("elements must be f16, bf16, f32, f64, index, or i1, i8 to i64 "
              "without a sign");
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// Calls `visit` with the position of each element in memory, in C order.
static void forEachElement(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides,
                           int64_t offset,
                           llvm::function_ref<void(int64_t)> visit) {
  if (shape.empty())
    return visit(offset);
  for (int64_t i = 0; i < shape.front(); ++i)
    forEachElement(shape.drop_front(), strides.drop_front(),
                   offset + i * strides.front(), visit);
}

/// Whether elements lie behind one another in C order.
static bool liesInCOrder(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
  int64_t size = 1;
  for (size_t dim = shape.size(); dim-- > 0; size *= shape[dim])
    if (strides[dim] != size && shape[dim] > 1)
      return llvm::is_contained(shape, 0);
  return true;
}

static NpyArray gather(Type element, ArrayRef<int64_t> shape,
                       ArrayRef<int64_t> strides, int64_t offset,
                       const char *elements) {
  NpyArray array;
  array.dtype = getDtype(element);
  array.shape.assign(shape.begin(), shape.end());
  auto width = static_cast<int64_t>(getWidth(element));
  auto data = std::make_shared<std::vector<char>>();
  data->reserve(llvm::product_of(shape) * width);
  if (liesInCOrder(shape, strides)) {
    const char *from = elements + offset * width;
    data->assign(from, from + data->capacity());
  } else {
    forEachElement(shape, strides, offset, [&](int64_t at) {
      const char *from = elements + at * width;
      data->insert(data->end(), from, from + width);
    });
  }
  array.data = *data;
  array.owner = std::move(data);
  return array;
}

/// Strides and offset of a buffer; those that the type leaves open are of a C
/// array.
static std::pair<SmallVector<int64_t>, int64_t>
getLayout(Type type, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size());
  int64_t size = 1;
  for (size_t dim = shape.size(); dim-- > 0; size *= shape[dim])
    strides[dim] = size;
  SmallVector<int64_t> given;
  int64_t offset = 0;
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref || failed(memref.getStridesAndOffset(given, offset)))
    return {strides, 0};
  for (auto [stride, fixed] : llvm::zip_equal(strides, given))
    if (!ShapedType::isDynamic(fixed))
      stride = fixed;
  return {strides, ShapedType::isDynamic(offset) ? 0 : offset};
}

llvm::Error mlir::act::checkSize(Type type, ArrayRef<int64_t> shape) {
  // In floating point, which does not overflow.
  double count = 1, reach = 1;
  for (int64_t size : shape)
    count *= static_cast<double>(std::max<int64_t>(size, 1));
  if (count < 0x1p48) {
    auto [strides, offset] = getLayout(type, shape);
    reach += std::fabs(static_cast<double>(offset));
    for (auto [stride, size] : llvm::zip_equal(strides, shape))
      reach +=
          std::fabs(static_cast<double>(stride)) * static_cast<double>(size);
  }
  double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                  static_cast<double>(sysconf(_SC_PAGESIZE));
  double needed = std::max(count, reach) *
                  static_cast<double>(getWidth(getElementType(type)));
  if (needed > memory)
    return llvm::createStringError("a buffer of shape " + formatShape(shape) +
                                   " does not fit into memory");
  return llvm::Error::success();
}

Argument::Argument(Type type, ArrayRef<int64_t> shape, bool isReadOnly)
    : type(type), isBuffer(isa<ShapedType>(type)), isReadOnly(isReadOnly),
      shape(shape) {
  std::tie(strides, offset) = getLayout(type, shape);
}

void Argument::setElements(char *first, size_t bytes) {
  elements = begin = first;
  end = begin + bytes;
  auto address = reinterpret_cast<int64_t>(elements);
  descriptor = {address, address, offset};
  llvm::append_range(descriptor, shape);
  llvm::append_range(descriptor, strides);
  descriptorAddress = descriptor.data();
}

void Argument::allocate() {
  int64_t lowest = 0, highest = 0;
  for (auto [stride, size] : llvm::zip_equal(strides, shape))
    (stride < 0 ? lowest : highest) += stride * std::max<int64_t>(size - 1, 0);
  // Room on both sides of the origin, which negative strides reach below.
  size_t width = getWidth(getElementType(type));
  int64_t first = std::min<int64_t>(0, offset + lowest);
  int64_t last = std::max<int64_t>(0, offset + highest);
  size_t before = llvm::alignTo(-first * width, kAlignment);
  size_t bytes = before + (last + 1) * width + kAlignment;
  auto *memory = static_cast<char *>(llvm::allocate_buffer(bytes, kAlignment));
  owner = std::shared_ptr<const void>(memory, [=](const void *) {
    llvm::deallocate_buffer(memory, bytes, kAlignment);
  });
  setElements(memory, bytes);
  elements += before;
  descriptor[0] = descriptor[1] = reinterpret_cast<int64_t>(elements);
}

llvm::Error Argument::fill(const NpyArray &array) {
  Type element = getElementType(type);
  if (!acceptsDtype(element, array.dtype))
    return llvm::createStringError("dtype is " + array.dtype + ", expected " +
                                   getDtype(element));
  size_t width = getWidth(element);
  const char *from = array.data.data();
  if (liesInCOrder(shape, strides)) {
    if (isReadOnly && offset == 0 && !array.data.empty() &&
        llvm::isAddrAligned(llvm::Align(kAlignment), from)) {
      setElements(const_cast<char *>(from), array.data.size());
      owner = array.owner;
      return llvm::Error::success();
    }
    allocate();
    std::memcpy(elements + offset * static_cast<int64_t>(width), from,
                array.data.size());
    return llvm::Error::success();
  }
  allocate();
  forEachElement(shape, strides, offset, [&](int64_t at) {
    std::memcpy(elements + at * static_cast<int64_t>(width), from, width);
    from += width;
  });
  return llvm::Error::success();
}

void Argument::fillRandom(std::mt19937_64 &generator) {
  allocate();
  Type element = getElementType(type);
  auto width = static_cast<int64_t>(getWidth(element));
  forEachElement(shape, strides, offset, [&](int64_t at) {
    double unit = static_cast<double>(generator() >> 11) * 0x1p-53;
    double value = isa<FloatType>(element) ? 8 * unit - 4
                   : element.isInteger(1)  ? (unit < 0.5 ? 0 : 1)
                                           : static_cast<int64_t>(8 * unit);
    fromDouble(element, value, elements + at * width);
  });
}

bool Argument::owns(const void *address) const {
  return address >= begin && address < end;
}

NpyArray Argument::getArray() const {
  if (isReadOnly && liesInCOrder(shape, strides)) {
    size_t width = getWidth(getElementType(type));
    return {getDtype(getElementType(type)), shape,
            ArrayRef(elements + offset * static_cast<int64_t>(width),
                     llvm::product_of(shape) * width),
            owner};
  }
  return gather(getElementType(type), shape, strides, offset, elements);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Size of a result in the struct that holds all of them; its alignment is the
/// width of its widest part.
static std::pair<size_t, size_t> getRoom(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped)
    return {getWidth(type), getWidth(type)};
  return {sizeof(int64_t) * (3 + 2 * shaped.getRank()), sizeof(int64_t)};
}

Results::Results(ArrayRef<Type> types)
    : types(types),
      isStruct(types.size() > 1 ||
               (types.size() == 1 && isa<ShapedType>(types.front()))) {
  size_t end = 0;
  for (Type type : types) {
    auto [size, alignment] = getRoom(type);
    offsets.push_back(llvm::alignTo(end, alignment));
    end = offsets.back() + size;
  }
  room.resize(end + sizeof(int64_t));
  roomAddress = room.data();
}

NpyArray Results::getArray(unsigned index) const {
  Type type = types[index];
  const char *at = room.data() + offsets[index];
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped)
    return gather(type, {}, {}, 0, at);
  size_t rank = shaped.getRank();
  SmallVector<int64_t> words(3 + 2 * rank);
  std::memcpy(words.data(), at, words.size() * sizeof(int64_t));
  ArrayRef<int64_t> sizesAndStrides = ArrayRef(words).drop_front(3);
  return gather(shaped.getElementType(), sizesAndStrides.take_front(rank),
                sizesAndStrides.drop_front(rank), words[2],
                reinterpret_cast<const char *>(words[1]));
}

void Results::release(ArrayRef<std::unique_ptr<Argument>> arguments) {
  llvm::SmallPtrSet<void *, 4> freed;
  for (auto [type, at] : llvm::zip_equal(types, offsets)) {
    if (!isa<ShapedType>(type))
      continue;
    void *memory;
    std::memcpy(&memory, room.data() + at, sizeof(memory));
    bool isArgument = llvm::any_of(
        arguments, [&](auto &argument) { return argument->owns(memory); });
    if (!isArgument && freed.insert(memory).second)
      std::free(memory);
  }
}
