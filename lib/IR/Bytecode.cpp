//===- Bytecode.cpp - versions of the dialect in bytecode -----------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Bytecode.h"
#include "act/IR/Act.h"

using namespace mlir;
using namespace mlir::act;

ActVersion ActVersion::of(const DialectBytecodeReader &reader) {
  FailureOr<const DialectVersion *> version =
      reader.getDialectVersion<ActDialect>();
  return succeeded(version) ? *static_cast<const ActVersion *>(*version)
                            : ActVersion();
}

void ActBytecodeInterface::writeVersion(DialectBytecodeWriter &writer) const {
  ActVersion version = ActVersion::current();
  if (FailureOr<const DialectVersion *> asked =
          writer.getDialectVersion<ActDialect>();
      succeeded(asked))
    version = *static_cast<const ActVersion *>(*asked);
  writer.writeVarInt(version.major);
  writer.writeVarInt(version.minor);
}

std::unique_ptr<DialectVersion>
ActBytecodeInterface::readVersion(DialectBytecodeReader &reader) const {
  auto version = std::make_unique<ActVersion>();
  if (failed(reader.readVarInt(version->major)) ||
      failed(reader.readVarInt(version->minor)))
    return nullptr;
  if (ActVersion current = ActVersion::current(); current < *version) {
    reader.emitError() << "version " << version->major << '.' << version->minor
                       << " of the act dialect is newer than this library's "
                       << current.major << '.' << current.minor;
    return nullptr;
  }
  return version;
}

LogicalResult
ActBytecodeInterface::upgradeFromVersion(Operation *topLevelOp,
                                         const DialectVersion &version) const {
  const auto &written = static_cast<const ActVersion &>(version);
  for (const auto &[since, upgrade] : upgrades)
    if (written < since && failed(upgrade(topLevelOp)))
      return failure();
  return success();
}
