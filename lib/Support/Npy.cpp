//===- Npy.cpp - NumPy array files ----------------------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Npy.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>

using namespace llvm;
using namespace mlir::act;

static constexpr StringLiteral kMagic("\x93NUMPY");

static Error fail(StringRef path, const Twine &what) {
  return createStringError("'" + path + "': " + what);
}

/// The text behind `'key':` in a header, which is a Python dictionary.
static std::optional<StringRef> getField(StringRef header, StringRef key) {
  size_t at = header.find(("'" + key + "'").str());
  if (at == StringRef::npos)
    return std::nullopt;
  StringRef rest = header.drop_front(at + key.size() + 2).ltrim();
  if (!rest.consume_front(":"))
    return std::nullopt;
  return rest.ltrim();
}

static std::optional<SmallVector<int64_t>> parseShape(StringRef text) {
  if (!text.consume_front("("))
    return std::nullopt;
  size_t end = text.find(')');
  if (end == StringRef::npos)
    return std::nullopt;
  SmallVector<StringRef> parts;
  text.take_front(end).split(parts, ',', -1, /*KeepEmpty=*/false);
  SmallVector<int64_t> shape;
  for (StringRef part : parts) {
    part = part.trim();
    if (part.empty())
      continue;
    int64_t size;
    if (part.getAsInteger(10, size) || size < 0)
      return std::nullopt;
    shape.push_back(size);
  }
  return shape;
}

Expected<NpyArray> mlir::act::readNpy(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail(path, buffer.getError().message());
  return parseNpy(std::move(*buffer), path);
}

Expected<NpyArray> mlir::act::parseNpy(std::shared_ptr<MemoryBuffer> contents,
                                       StringRef path) {
  StringRef bytes = contents->getBuffer();
  if (!bytes.consume_front(kMagic) || bytes.size() < 4)
    return fail(path, "not a .npy file");
  unsigned version = static_cast<unsigned char>(bytes[0]);
  bytes = bytes.drop_front(2);
  size_t lengthBytes = version == 1 ? 2 : 4;
  if (version < 1 || version > 3 || bytes.size() < lengthBytes)
    return fail(path, "unknown .npy version");
  size_t length = version == 1 ? support::endian::read16le(bytes.data())
                               : support::endian::read32le(bytes.data());
  bytes = bytes.drop_front(lengthBytes);
  if (bytes.size() < length)
    return fail(path, "the .npy header is cut short");
  StringRef header = bytes.take_front(length);
  bytes = bytes.drop_front(length);

  NpyArray array;
  std::optional<StringRef> descr = getField(header, "descr");
  std::optional<StringRef> order = getField(header, "fortran_order");
  std::optional<StringRef> shapeText = getField(header, "shape");
  std::optional<SmallVector<int64_t>> shape =
      shapeText ? parseShape(*shapeText) : std::nullopt;
  if (!descr || !order || !shape || !descr->consume_front("'"))
    return fail(path, "the .npy header is not understood");
  array.shape = *shape;
  StringRef dtype = descr->take_until([](char c) { return c == '\''; });
  if (dtype.starts_with(">"))
    return fail(path, "big-endian data is not supported");
  dtype = dtype.ltrim("<|=");
  array.dtype = dtype.str();
  if (order->starts_with("True") && array.shape.size() > 1)
    return fail(path, "Fortran order is not supported; save a C-ordered copy");

  unsigned width;
  if (dtype.size() < 2 || dtype.drop_front().getAsInteger(10, width) ||
      width == 0 || width > 16)
    return fail(path, "unsupported dtype '" + dtype + "'");
  int64_t size = width;
  for (int64_t dim : array.shape)
    if (MulOverflow(size, dim, size))
      return fail(path, "the shape is too large");
  if (static_cast<uint64_t>(size) != bytes.size())
    return fail(path, "expected " + Twine(size) + " bytes of data, found " +
                          Twine(bytes.size()));
  array.data = ArrayRef(bytes.data(), bytes.size());
  array.owner = std::move(contents);
  return array;
}

Error mlir::act::writeNpy(StringRef path, const NpyArray &array) {
  std::string shape;
  for (int64_t size : array.shape)
    shape += std::to_string(size) + ", ";
  if (array.shape.size() > 1)
    shape.resize(shape.size() - 2);
  else if (!shape.empty())
    shape.pop_back();
  bool hasByteOrder = array.dtype.back() != '1' && array.dtype.front() != 'V';
  std::string header =
      (Twine("{'descr': '") + (hasByteOrder ? "<" : "|") + array.dtype +
       "', 'fortran_order': False, 'shape': (" + shape + "), }")
          .str();
  // Magic, version and length take 10 bytes; the data starts at a multiple
  // of 64.
  header.append(alignTo(10 + header.size() + 1, 64) - 10 - header.size() - 1,
                ' ');
  header += '\n';
  Error error = writeToOutput(path, [&](raw_ostream &out) -> Error {
    char length[2];
    support::endian::write16le(length, header.size());
    out << kMagic << StringRef("\1\0", 2) << StringRef(length, 2) << header;
    out.write(array.data.data(), array.data.size());
    return Error::success();
  });
  if (error)
    return fail(path, toString(std::move(error)));
  return Error::success();
}

Error mlir::act::checkWritable(StringRef path) {
  // Text goes there.
  if (path == "-")
    return fail(path, "standard output cannot take it");
  SmallString<128> parent = sys::path::parent_path(path);
  if (parent.empty())
    parent = ".";
  if (sys::fs::is_directory(path))
    return fail(path, "is a directory");
  if (!sys::fs::is_directory(parent))
    return fail(path, "no such directory");
  if (sys::fs::access(parent, sys::fs::AccessMode::Write) ||
      (sys::fs::exists(path) &&
       sys::fs::access(path, sys::fs::AccessMode::Write)))
    return fail(path, "cannot be written");
  return Error::success();
}
