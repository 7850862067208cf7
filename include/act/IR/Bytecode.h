//===- Bytecode.h - versions of the dialect in bytecode ---------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_BYTECODE_H
#define ACT_IR_BYTECODE_H

#include "mlir/Bytecode/BytecodeImplementation.h"

#include <functional>
#include <tuple>

namespace mlir::act {

/// The version of the dialect that a bytecode file was written in. Files that
/// have none are older than versions are; they count as 0.0.
struct ActVersion : DialectVersion {
  explicit ActVersion(uint64_t major = 0, uint64_t minor = 0)
      : major(major), minor(minor) {}

  /// What this library writes, and the newest it reads.
  static ActVersion current() { return ActVersion(1, 0); }
  /// The version of the file that `reader` reads: for attributes and properties
  /// whose encoding has changed.
  static ActVersion of(const DialectBytecodeReader &reader);

  friend bool operator<(const ActVersion &a, const ActVersion &b) {
    return std::tie(a.major, a.minor) < std::tie(b.major, b.minor);
  }
  friend bool operator==(const ActVersion &a, const ActVersion &b) {
    return std::tie(a.major, a.minor) == std::tie(b.major, b.minor);
  }

  uint64_t major, minor;
};

/// Writes the version of the dialect, refuses files of a newer one, and brings
/// what older ones wrote up to date. A file is written in another version if
/// `BytecodeWriterConfig::setDialectVersion` asks for it.
class ActBytecodeInterface : public BytecodeDialectInterface {
public:
  explicit ActBytecodeInterface(Dialect *dialect)
      : BytecodeDialectInterface(dialect) {}

  /// Rewrites what `version` introduced from its older form. It is given the
  /// top-level op of a file that has been parsed but not yet verified.
  using Upgrade = std::function<LogicalResult(Operation *)>;
  /// Runs `upgrade` on files that say they are older than `version`, after
  /// those added before. (MLIR offers files without a version to nobody: what
  /// they spell otherwise has to be settled while it is read, by
  /// `ActVersion::of`.)
  void addUpgrade(ActVersion version, Upgrade upgrade) {
    upgrades.emplace_back(version, std::move(upgrade));
  }

  void writeVersion(DialectBytecodeWriter &writer) const override;
  std::unique_ptr<DialectVersion>
  readVersion(DialectBytecodeReader &reader) const override;
  LogicalResult
  upgradeFromVersion(Operation *topLevelOp,
                     const DialectVersion &version) const override;

private:
  std::vector<std::pair<ActVersion, Upgrade>> upgrades;
};

} // namespace mlir::act

#endif // ACT_IR_BYTECODE_H
