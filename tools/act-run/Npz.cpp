//===- Npz.cpp - archives of NumPy arrays ---------------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A .npz file is a zip archive with a .npy file for each array.
//
//===----------------------------------------------------------------------===//

#include "Npz.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#if ACT_HAS_MINIZIP
#include <minizip/unzip.h>
#endif

using namespace llvm;
using namespace mlir::act;

static Error fail(StringRef path, const Twine &what) {
  return createStringError("'" + path + "': " + what);
}

/// FILE.npz and NAME.
static std::pair<StringRef, StringRef> splitPath(StringRef path) {
  size_t colon = path.rfind(".npz:");
  if (colon == StringRef::npos)
    return {path, {}};
  return {path.take_front(colon + 4), path.drop_front(colon + 5)};
}

bool mlir::act::isNpz(StringRef path) {
  return splitPath(path).first.ends_with(".npz");
}

#if ACT_HAS_MINIZIP
namespace {
/// An archive, at one of its files.
class Archive {
public:
  explicit Archive(StringRef path) : file(unzOpen64(path.str().c_str())) {}
  ~Archive() {
    if (file)
      unzClose(file);
  }
  Archive(const Archive &) = delete;
  Archive &operator=(const Archive &) = delete;

  bool isOpen() const { return file; }
  bool goToFirst() { return unzGoToFirstFile(file) == UNZ_OK; }
  bool goToNext() { return unzGoToNextFile(file) == UNZ_OK; }

  /// Name and contents of the file; none if it cannot be read.
  std::optional<std::string> getName() {
    unz_file_info64 info;
    std::string name(1024, '\0');
    if (unzGetCurrentFileInfo64(file, &info, name.data(), name.size(), nullptr,
                                0, nullptr, 0) != UNZ_OK)
      return std::nullopt;
    size = info.uncompressed_size;
    name.resize(std::min<size_t>(info.size_filename, name.size()));
    return name;
  }
  std::unique_ptr<MemoryBuffer> read() {
    // Data starts at a multiple of 64 in a .npy file.
    auto buffer =
        WritableMemoryBuffer::getNewUninitMemBuffer(size, "", Align(64));
    if (!buffer || unzOpenCurrentFile(file) != UNZ_OK)
      return nullptr;
    constexpr uint64_t kPart = 1 << 30;
    uint64_t done = 0;
    while (done < size) {
      int count = unzReadCurrentFile(file, buffer->getBufferStart() + done,
                                     std::min(kPart, size - done));
      if (count <= 0)
        break;
      done += count;
    }
    // Here the checksum is compared.
    bool isWhole = unzCloseCurrentFile(file) == UNZ_OK && done == size;
    return isWhole ? std::move(buffer) : nullptr;
  }

private:
  unzFile file;
  uint64_t size = 0;
};
} // namespace

Expected<SmallVector<NamedArray>> mlir::act::readNpz(StringRef path) {
  auto [file, wanted] = splitPath(path);
  if (!sys::fs::exists(file))
    return fail(file, "no such file or directory");
  Archive archive(file);
  if (!archive.isOpen())
    return fail(file, "not a .npz file");
  SmallVector<NamedArray> arrays;
  for (bool more = archive.goToFirst(); more; more = archive.goToNext()) {
    std::optional<std::string> entry = archive.getName();
    if (!entry)
      return fail(file, "the archive is damaged");
    StringRef name = *entry;
    name.consume_back(".npy");
    if (!wanted.empty() && name != wanted)
      continue;
    std::string label = (file + ":" + name).str();
    std::unique_ptr<MemoryBuffer> contents = archive.read();
    if (!contents)
      return fail(label, "cannot be read; the archive is damaged");
    auto array = parseNpy(std::move(contents), label);
    if (!array)
      return array.takeError();
    arrays.push_back({std::move(label), std::move(*array)});
    if (!wanted.empty())
      break;
  }
  if (arrays.empty())
    return fail(file, wanted.empty() ? Twine("there is no array in it")
                                     : "there is no array '" + wanted + "'");
  return arrays;
}
#else
Expected<SmallVector<NamedArray>> mlir::act::readNpz(StringRef path) {
  return fail(path, "reading .npz files needs minizip, which was not there "
                    "when this was built");
}
#endif
